import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineText, tidyEvent, type AuditEvent } from '../../../../src/main/core/share/audit/audit-entry.ts';

/** Any text, halves of surrogate pairs too. */
const anyText = fc.array(fc.nat(0xffff)).map(codes => String.fromCharCode(...codes));
const same = (text: string): string => text;
const event = (name: string): AuditEvent => ({
  event: 'approval-asked',
  link: 'abcdefgh2345',
  server: 'thesis',
  name,
  address: '::1',
});

test('an event goes through as it is', () => expect(tidyEvent(event('Ada'), same)).toEqual(event('Ada')));

test('a secret is hidden before a text is cut, so that half of one is not left', () => {
  const secret = 's3cret-s3cret';
  const hide = (text: string): string => text.replaceAll(secret, '***');
  const tidied = tidyEvent(event('x'.repeat(95) + secret), hide);
  expect(JSON.stringify(tidied)).not.toContain('s3');
});

test.each([43, 44, 64, 200])('what is as long as a secret of ours is hidden: %d letters', length => {
  expect(JSON.stringify(tidyEvent(event('k'.repeat(length)), same))).not.toContain('kkk');
});

test('what tells a person something stays: a kernel’s name, a fingerprint', () => {
  const id = '8f0c7b1e-0f5c-4d9a-9d2c-9a4b5c6d7e8f';
  expect(tidyEvent(event(id), same)).toEqual(event(id));
  const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':');
  const changed: AuditEvent = { event: 'certificate-changed', fingerprint, reason: 'it ran out' };
  expect(tidyEvent(changed, same)).toEqual(changed);
});

test('whatever a text holds, a line is one line of harmless characters that reads back the same', () => {
  fc.assert(
    fc.property(anyText, name => {
      const line = lineText({ name });
      expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(JSON.parse(line)).toEqual({ name });
    }),
  );
});

test('no event of any content is longer than it may be', () => {
  fc.assert(
    fc.property(
      anyText.map(text => text.repeat(500)),
      text => {
        const long: AuditEvent = {
          event: 'refused',
          server: text,
          link: text,
          address: text,
          reason: text,
          times: 1,
        };
        const tidied = tidyEvent(long, same);
        expect(lineText(tidied).length).toBeLessThan(6 * 400 + 100);
      },
    ),
    { numRuns: 50 },
  );
});
