import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor } from '../../../src/main/core/log/redact.ts';
import { mintSecret, Secret } from '../../../src/main/core/secret.ts';

const token = 'Zk3-_xW9~q.R7mB2vT5nL8pA1sD4fG6hJ0kQwErTyUi';

function knowing(...values: string[]) {
  const redactor = createRedactor();
  for (const value of values) redactor.learn(new Secret(value));
  return redactor;
}

/** Every spelling in which a part of the secret could be read: 8 of its characters in a row. */
function shows(text: string, value: string): boolean {
  for (let at = 0; at + 8 <= value.length; at++) if (text.includes(value.slice(at, at + 8))) return true;
  return false;
}

test.each<[string, (value: string) => string]>([
  ['as it is', value => value],
  ['in a path', value => `/lab/${value}/x`],
  ['in a word', value => `a${value}b`],
  ['twice', value => value + value],
  ['with every character percent-encoded', value => value.replace(/./g, c => `%${hex(c)}`)],
  ['the same in lower case', value => value.replace(/./g, c => `%${hex(c).toLowerCase()}`)],
  ['with some percent-encoded', value => value.replace(/[-_~.]/g, c => `%${hex(c)}`)],
  ['in hex', value => Buffer.from(value).toString('hex')],
  ['in upper case hex', value => Buffer.from(value).toString('hex').toUpperCase()],
])('a learnt secret is removed %s', (_name, spell) => {
  const text = knowing(token).redact(`before ${spell(token)} after`);
  expect(text).toMatch(/^before .*\*\*\*.* after$/);
  expect(text).not.toContain(token);
  expect(text).not.toContain(Buffer.from(token).toString('hex').slice(8, 24));
  expect(text).not.toMatch(/%5[aA]%6[bB]/);
  expect(shows(text, token)).toBe(false);
});

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
}

test('in base64 and base64url, wherever it begins and ends', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 9 }),
      fc.uint8Array({ maxLength: 9 }),
      fc.boolean(),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      (before, after, url, bytes) => {
        const value = mintSecret(() => Buffer.from(bytes)).reveal();
        const whole = Buffer.concat([before, Buffer.from(value), after]);
        const redacted = knowing(value).redact(`x ${whole.toString(url ? 'base64url' : 'base64')} y`);
        const rest = Buffer.from(redacted.slice(2, -2).replaceAll('*', ''), 'base64').toString('latin1');
        expect(redacted).toContain('***');
        expect(rest.length).toBeLessThanOrEqual(before.length + after.length + 2);
      },
    ),
  );
});

test.each([
  'GET /lab?token=SECRETVALUE HTTP/1.1',
  'GET /lab?a=1&gatehouse-token=SECRETVALUE&b=2',
  'GET /x?mwi-auth-token=SECRETVALUE',
  'GET /_gatehouse/enter?code=SECRETVALUE',
  '303 /login?next=%2Flab%3Ftoken%3DSECRETVALUE%26a%3D1',
  'GET /login?next=%2F_gatehouse%2Fenter%3Fcode%3DSECRETVALUE',
  'jupyter lab --ServerApp.token=SECRETVALUE --port 1',
  'JUPYTER_TOKEN=SECRETVALUE exported',
  "password='SECRETVALUE with words'",
  'client_secret="SECRETVALUE"',
  'Authorization: Bearer SECRETVALUE',
  'authorization: token SECRETVALUE',
  'Proxy-Authorization:Basic SECRETVALUE',
  'Cookie: a=SECRETVALUE; b="SECRETVALUE"',
  'Set-Cookie: __Host-x=SECRETVALUE; Path=/',
  'X-Gatehouse-Token: SECRETVALUE',
  'x-csrf-token: SECRETVALUE',
  `{'Cookie': 'a=SECRETVALUE; b=c'}`,
  `["Authorization","Bearer SECRETVALUE"]`,
  `{ 'set-cookie': [ 'a=SECRETVALUE; Path=/', 'b=SECRETVALUE' ] }`,
  'token="SECRETVALUE',
  '/lab/api?_xsrf=2|SECRETVALUE|1',
  String.raw`{"headers":"{\"authorization\":\"Bearer SECRETVALUE\",\"b\":1}"}`,
  String.raw`{"password":"quote \" SECRETVALUE"}`,
  '"api_key": "SECRETVALUE"',
  'sent Bearer SECRETVALUE-0123456789',
  'https://ada:SECRETVALUE@pypi.example/simple',
  'https://ada:p@SECRETVALUE@pypi.example/simple',
  'https://host:8443/_gatehouse/join/abc#SECRETVALUE',
  'eyJhbGciOiJIUzI1NiJ9.eyJSECRETVALUE.SECRETVALUE',
  '-----BEGIN PRIVATE KEY-----\nSECRETVALUE\n-----END PRIVATE KEY-----',
])('what looks like a credential is removed: %s', text => {
  const redacted = createRedactor().redact(text);
  expect(redacted).not.toContain('SECRETVALUE');
  expect(redacted).toContain('***');
});

test.each([
  'It ended by itself, exit code=1, exit code: 1',
  'the token of jupyter-1 was rotated; tokens=5',
  'http://jupyter-1.localhost:8888/lab?reset=1#cell@3',
  'ada@example.org wrote to http://example.org/@ada',
  'Basic settings and bearer bonds',
  '50 % of 100%',
  'Authorization is needed',
])('what is no credential stays: %s', text => {
  expect(knowing(token).redact(text)).toBe(text);
});

test('what follows a credential stays readable', () => {
  const redactor = createRedactor();
  expect(redactor.redact('GET /lab?token=abc&reset=1 200')).toBe('GET /lab?token=***&reset=1 200');
  expect(redactor.redact('Cookie: a=b\r\nHost: x')).toBe('Cookie: ***\r\nHost: x');
  expect(redactor.redact('http://a:b@c:1/d')).toBe('http://***@c:1/d');
});

test('a secret that begins like another leaves nothing behind, in either order', () => {
  expect(knowing(token, `${token}-and-more`).redact(`${token}-and-more`)).toBe('***');
  expect(knowing(`${token}-and-more`, token).redact(`${token}-and-more`)).toBe('***');
});

test('special characters of patterns are only characters, and also JSON spells them', () => {
  const odd = 'a"b\\c$&(.*)%25[é]^';
  const redactor = knowing(odd);
  expect(redactor.redact(odd)).toBe('***');
  expect(redactor.redact(JSON.stringify({ text: odd }))).toBe('{"text":"***"}');
  expect(redactor.redact(`<${encodeURIComponent(odd)}>`)).toBe('<***>');
});

test('a forgotten or very short value is left alone', () => {
  const redactor = knowing(token, 'abc');
  redactor.forget(new Secret(token));
  expect(redactor.redact(`${token} abc`)).toBe(`${token} abc`);
});

test('the number of learnt secrets is bounded, and one in use is not dropped', () => {
  const redactor = knowing(token);
  for (let index = 0; index < 1500; index++) {
    redactor.learn(new Secret(`run-secret-${index}`));
    if (index % 500 === 0) redactor.learn(new Secret(token));
  }
  expect(redactor.redact(`${token} run-secret-1499`)).toBe('*** ***');
  expect(redactor.redact('run-secret-1 ')).toBe('run-secret-1 ');
});

test('redacting twice changes nothing more', () => {
  const fragment = fc.constantFrom(
    'token=',
    'code=',
    '?',
    '&',
    'Cookie: ',
    '"',
    "'",
    '\\',
    '://',
    '@',
    '%',
    '\n',
    ' ',
    token,
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(fragment, fc.string({ maxLength: 5 })), { maxLength: 30 }), pieces => {
      const redactor = knowing(token);
      const once = redactor.redact(pieces.join(''));
      expect(once).not.toContain(token);
      expect(redactor.redact(once)).toBe(once);
    }),
    { examples: [[['token=', "'", "'", '(']]] },
  );
});

test.each([
  'a',
  'token',
  'token=',
  'token=%',
  '://',
  '://@',
  '@',
  'eyJ',
  'eyJaaaaaaaaa.',
  'eyJaaaaaaaa.-',
  'Bearer ',
  ' ',
  '\\',
  '"',
  `'`,
  'Cookie:',
  'cookie"',
  '-token: ',
  '-token" ',
  "password='",
  'secret="',
  '%25',
  '%5A',
  '/_gatehouse/',
  '-----BEGIN PRIVATE KEY-----',
  'secret":"\\',
  'Authorization\\"',
  token.slice(0, -1),
  'Z',
  '?code=',
  '%3Fcode%3D%',
  '\u0130',
])('attack: %j repeated a hundred thousand times does not stop the core', unit => {
  const redactor = knowing(token, 'Z'.repeat(500), '%25'.repeat(100));
  const cost = (length: number): number => {
    const text = unit.repeat(Math.ceil(length / unit.length));
    const start = process.cpuUsage();
    redactor.redact(text);
    const used = process.cpuUsage(start);
    return (used.user + used.system) / 1000;
  };
  expect(cost(100_000)).toBeLessThan(1500);
});

test('attack: no mixture of what the patterns look for makes the time more than linear', () => {
  const parts = fc.constantFrom(
    'token',
    '=',
    '%3D',
    '%26',
    '"',
    "'",
    '\\',
    ':',
    ' ',
    '[',
    'cookie',
    '-token',
    '://',
    '@',
    'eyJ',
    '.',
    'aaaaaaaaa',
    'Bearer ',
    '/_gatehouse/',
    '#',
    '-----BEGIN ',
    'PRIVATE KEY-----',
    '?code',
    '%',
    '%25',
    token.slice(0, 20),
    '\n',
  );
  const redactor = knowing(token, '%25'.repeat(100));
  fc.assert(
    fc.property(fc.array(parts, { minLength: 1, maxLength: 6 }), pieces => {
      const unit = pieces.join('');
      const start = process.cpuUsage();
      redactor.redact(unit.repeat(Math.ceil(40_000 / unit.length)));
      const used = process.cpuUsage(start);
      // Linear is about 2 ms; quadratic would be seconds.
      expect((used.user + used.system) / 1000).toBeLessThan(500);
    }),
  );
});
