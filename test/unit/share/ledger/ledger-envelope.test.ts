import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Secret } from '../../../../src/main/core/secret.ts';
import { seal, unseal } from '../../../../src/main/core/share/ledger/ledger-envelope.ts';
import { deriveKeys } from '../../../../src/main/core/share/ledger/installation-key.ts';

const keys = deriveKeys(new Secret('installation'));
const other = deriveKeys(new Secret('another'));

test('what was sealed comes back, whatever it is, with the key that sealed it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1 }), (text, generation) => {
      const opened = unseal(seal(text, generation, keys), [other, keys]);
      expect(opened).toMatchObject({ open: true, text, generation });
      expect(opened.open && opened.keys.id).toBe(keys.id);
    }),
  );
});

test('two of the same look different, and neither shows anything', () => {
  const [first, second] = [seal('secret words', 1, keys), seal('secret words', 1, keys)];
  expect(first).not.toBe(second);
  expect(first).not.toContain('secret words');
});

const good = seal('words', 7, keys);
const changed = (change: (whole: Record<string, unknown>) => void): string => {
  const whole = JSON.parse(good) as Record<string, unknown>;
  change(whole);
  return JSON.stringify(whole);
};
test.each<[string, string, string]>([
  ['nothing', '', 'damaged'],
  ['another thing', '{"links":[]}', 'damaged'],
  ['half of it', good.slice(0, good.length / 2), 'damaged'],
  ['a higher number', changed(whole => (whole['generation'] = 8)), 'damaged'],
  ['a lower number', changed(whole => (whole['generation'] = 6)), 'damaged'],
  ['a short tag', changed(whole => (whole['tag'] = 'AAAA')), 'damaged'],
  ['another content', changed(whole => (whole['sealed'] = 'AAAA')), 'damaged'],
  ['one field more', changed(whole => (whole['more'] = 1)), 'damaged'],
  ['the name of another key of ours', changed(whole => (whole['key'] = other.id)), 'damaged'],
  ['a name of nobody', changed(whole => (whole['key'] = 'nobody')), 'foreign'],
  ['another key altogether', seal('words', 7, deriveKeys(new Secret('third'))), 'foreign'],
  ['a later form', changed(whole => (whole['version'] = 2)), 'newer'],
])('%s is refused', (_name, text, reason) => {
  expect(unseal(text, [keys, other])).toEqual({ open: false, reason });
});

test('no single changed letter of the content passes', () => {
  const { sealed } = JSON.parse(good) as { sealed: string };
  const passed = sealed.split('').flatMap((old, at) => {
    const letter = old === 'A' ? 'B' : 'A';
    const text = changed(whole => (whole['sealed'] = sealed.slice(0, at) + letter + sealed.slice(at + 1)));
    return unseal(text, [keys]).open ? [at] : [];
  });
  // The last letter has bits that base64 does not use.
  expect(passed.filter(at => at !== sealed.length - 1)).toEqual([]);
});

test('a ledger that an earlier version sealed is still readable', () => {
  const text =
    '{"form":"gatehouse-ledger","version":1,"key":"Z-tH-zLALbiPl4kS","generation":7,"nonce":"_K1erlXM3YqxPXEy","tag":"6gKhYz232tRxlD0wQC0BXg","sealed":"0ul_YAqj4ATSFVqBmSBNQxacqxqQy9quWOV8"}';
  expect(unseal(text, [keys])).toMatchObject({
    open: true,
    text: 'words of an earlier version',
    generation: 7,
  });
});
