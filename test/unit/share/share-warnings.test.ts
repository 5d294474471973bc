import { expect, test } from 'vitest';
import {
  needsAcknowledgement,
  shareWarnings,
  type ShareFacts,
  type WarningId,
} from '../../../src/main/core/share/share-warnings.ts';

/** Of this nothing is to be said. */
const quiet: ShareFacts = {
  role: 'viewer',
  serverName: 'Thesis',
  user: 'ada',
  runsCode: false,
  reach: 'private',
  network: 'trusted',
  lifeMs: 86_400_000,
  uses: 1,
  approval: false,
  administrator: false,
  certificate: 'trusted',
};
const day = 86_400_000;

test.each<[string, Partial<ShareFacts>, WarningId[], boolean]>([
  ['a viewer in a trusted network', {}, [], false],
  ['a role that runs code', { role: 'editor', runsCode: true }, ['runs-code'], true],
  ['full', { role: 'full', runsCode: true }, ['runs-code'], true],
  ['an editor where the profile runs no code', { role: 'editor' }, [], false],
  ['code as root', { runsCode: true, administrator: true }, ['runs-code', 'administrator'], true],
  ['a viewer of root', { administrator: true }, [], false],
  ['a public address', { reach: 'public' }, ['public-address'], false],
  ['a public address and code', { reach: 'public', runsCode: true }, ['runs-code', 'public-address'], true],
  [
    'a public address in a trusted network',
    { reach: 'public', network: 'trusted' },
    ['public-address'],
    false,
  ],
  ['an untrusted network', { network: 'untrusted' }, ['untrusted-network'], false],
  ['an unknown network', { network: 'unknown' }, ['unknown-network'], false],
  ['loopback', { reach: 'loopback', network: 'untrusted' }, ['loopback-only'], false],
  [
    'loopback needs no certificate',
    { reach: 'loopback', certificate: 'self-signed' },
    ['loopback-only'],
    false,
  ],
  ['a week', { lifeMs: 7 * day }, [], false],
  ['more than a week', { lifeMs: 7 * day + 1 }, ['long-life'], false],
  ['any number of uses', { uses: null }, ['open-link'], false],
  ['any number of uses, with approval', { uses: null, approval: true }, [], false],
  ['a local authority', { certificate: 'local-authority' }, ['local-authority'], false],
  ['a self-signed certificate', { certificate: 'self-signed' }, ['self-signed'], false],
  [
    'everything at once',
    {
      role: 'full',
      runsCode: true,
      administrator: true,
      reach: 'public',
      network: 'untrusted',
      lifeMs: 90 * day,
      uses: null,
      certificate: 'self-signed',
    },
    ['runs-code', 'administrator', 'public-address', 'long-life', 'open-link', 'self-signed'],
    true,
  ],
])('%s', (_name, changes, wanted, acknowledged) => {
  const warnings = shareWarnings({ ...quiet, ...changes });
  expect(warnings.map(warning => warning.id)).toEqual(wanted);
  expect(needsAcknowledgement(warnings)).toBe(acknowledged);
  // One sentence each.
  for (const { text } of warnings) expect(text).toMatch(/^[A-Z][^.!?]*\.$/);
});

test('the words that a guest who runs code is announced with', () => {
  const [first, second] = shareWarnings({ ...quiet, runsCode: true, administrator: true, user: 'root' });
  expect(first?.text).toContain('can run any code as you, on this computer');
  expect(second?.text).toMatch(/^You are root here/);
});

test('how long is said in the unit that people would use', () => {
  const texts = [8, 30, 90].map(days => shareWarnings({ ...quiet, lifeMs: days * day })[0]?.text);
  expect(texts).toEqual([8, 30, 90].map(days => `The link works for ${days} days unless you revoke it.`));
});
