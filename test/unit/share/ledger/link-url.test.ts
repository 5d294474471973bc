import { expect, test } from 'vitest';
import { mintSecret } from '../../../../src/main/core/secret.ts';
import { makeLinkUrl } from '../../../../src/main/core/share/ledger/link-url.ts';

const id = 'abcdefgh2345';
const secret = mintSecret();

test.each([
  'https://lab.local:8443',
  'https://192.168.1.7:40000',
  'https://[fd00::7]:1',
  'https://lab.local',
])('a link of %s is a secret, with its id in the path and its own secret in the fragment', origin => {
  const url = makeLinkUrl(origin, id, secret);
  expect(String(url)).toBe('***');
  expect(url.reveal()).toBe(`${origin}/_gatehouse/join/${id}#${secret.reveal()}`);
});

test('the secret is where no browser sends it', () => {
  const url = new URL(makeLinkUrl('https://lab.local:1', id, secret).reveal());
  expect(url.pathname + url.search).not.toContain(secret.reveal());
  expect(url.hash).toBe(`#${secret.reveal()}`);
});

test.each([
  'http://lab.local:1',
  'https://lab.local:1/',
  'https://a@lab.local',
  'lab.local',
  '',
  'https://lab.local:443',
])('no link is made for "%s"', origin =>
  expect(() => makeLinkUrl(origin, id, secret)).toThrow('https origin'),
);
