import { expect, test } from 'vitest';
import { Secret, mintSecret } from '../../../../src/main/core/secret.ts';
import {
  idOfJoinPath,
  joinPath,
  makeLinkUrl,
  parseLinkUrl,
} from '../../../../src/main/core/share/ledger/link-url.ts';

const id = 'abcdefgh2345';
const secret = mintSecret();

test.each([
  'https://lab.local:8443',
  'https://192.168.1.7:40000',
  'https://[fd00::7]:1',
  'https://lab.local',
])('a link of %s is taken apart as it was made', origin => {
  const url = makeLinkUrl(origin, id, secret);
  expect(String(url)).toBe('***');
  expect(url.reveal()).toBe(`${origin}/_gatehouse/join/${id}#${secret.reveal()}`);
  const parsed = parseLinkUrl(` ${url.reveal()}\n`);
  expect({ ...parsed, secret: parsed.secret.reveal() }).toEqual({ origin, id, secret: secret.reveal() });
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

const good = `https://lab.local:8443/_gatehouse/join/${id}#${secret.reveal()}`;
test.each([
  ['http', good.replace('https', 'http')],
  ['no secret', good.slice(0, good.indexOf('#'))],
  ['half a secret', good.slice(0, -1)],
  ['a longer secret', `${good}a`],
  ['another path', good.replace('join', 'joins')],
  ['a path that goes on', good.replace('#', '/x#')],
  ['an id in capitals', good.replace(id, id.toUpperCase())],
  ['a query', good.replace('#', '?a=1#')],
  ['a user', good.replace('lab', 'me:you@lab')],
  ['script', 'javascript:alert(1)'],
  ['nothing', ''],
  ['a book', 'a'.repeat(100_000)],
])('%s is refused, and nothing of it is repeated', (_name, text) => {
  const refused = (): unknown => parseLinkUrl(text);
  expect(refused).toThrow(/^That is not a share link\.$/);
});

test.each([
  [joinPath(id), id],
  [`${joinPath(id)}/`, null],
  [`/x${joinPath(id)}`, null],
  ['/_gatehouse/join/', null],
  [`/_gatehouse/join/${id}\n`, null],
  [joinPath('ABCDEFGH2345'), null],
])('the path %j is of %s', (path, wanted) => expect(idOfJoinPath(path)).toBe(wanted));

test('the secret of a parsed link does not print', () => {
  expect(JSON.stringify(parseLinkUrl(good))).not.toContain(secret.reveal());
  expect(new Secret(good).toString()).toBe('***');
});
