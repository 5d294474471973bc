import { expect, test } from 'vitest';
import { errorInfo } from '../../../../src/main/core/errors.ts';
import type { ListenerOverrides } from '../../../../src/main/core/ports.ts';
import {
  basePathOf,
  listenerOverrides,
  variablesOfServer,
} from '../../../../src/main/core/profiles/matlab/matlab-variables.ts';

const nothing: ListenerOverrides = {
  port: null,
  token: null,
  asksForToken: true,
  basePath: '',
  tls: null,
  warnings: [],
};

const inBrowser = expect.stringMatching(/opened in a browser/) as string;
const strong = 'A-strong.token_of~mine';

test.each<[string, Record<string, string>, Partial<ListenerOverrides>]>([
  ['nothing', {}, {}],
  ['empty ones', { MWI_APP_PORT: '', MWI_AUTH_TOKEN: ' ', MWI_BASE_URL: '' }, {}],
  ['a port', { MWI_APP_PORT: '8080' }, { port: 8080 }],
  ['a path', { MWI_BASE_URL: '/matlab' }, { basePath: '/matlab' }],
  ['a path with a slash at its end', { MWI_BASE_URL: '/a/b/' }, { basePath: '/a/b' }],
  ['the root', { MWI_BASE_URL: '/' }, {}],
  ['a token by default', { MWI_ENABLE_TOKEN_AUTH: 'anything' }, {}],
  ['TLS switched off', { MWI_ENABLE_SSL: 'False' }, {}],
  ['TLS', { MWI_ENABLE_SSL: 'True' }, { tls: { kind: 'local-authority' }, warnings: [inBrowser] }],
  [
    'TLS with a chain',
    { MWI_ENABLE_SSL: 'TRUE', MWI_SSL_CERT_FILE: '/c.pem' },
    { tls: { kind: 'files', certificate: '/c.pem', key: null }, warnings: [inBrowser] },
  ],
  [
    'TLS with chain and key',
    { MWI_ENABLE_SSL: 'true', MWI_SSL_CERT_FILE: '/c.pem', MWI_SSL_KEY_FILE: '/k.pem' },
    { tls: { kind: 'files', certificate: '/c.pem', key: '/k.pem' }, warnings: [inBrowser] },
  ],
  [
    'a certificate without TLS',
    { MWI_SSL_CERT_FILE: '/c.pem' },
    { warnings: ['MWI_SSL_CERT_FILE is not used, because MWI_ENABLE_SSL is not True.'] },
  ],
])('of the door: %s', (_what, environment, wanted) => {
  expect(listenerOverrides(environment)).toEqual({ ...nothing, ...wanted });
});

test('a token of the owner’s own, and one that can be guessed', () => {
  const { token, warnings } = listenerOverrides({ MWI_AUTH_TOKEN: ` ${strong} ` });
  expect([token?.reveal(), warnings]).toEqual([strong, []]);
  const weak = listenerOverrides({ MWI_AUTH_TOKEN: 'asdf' });
  expect([weak.token?.reveal(), weak.warnings]).toEqual(['asdf', [expect.stringMatching(/can be guessed/)]]);
});

test('without a token everybody of this computer gets in, which is said', () => {
  const { asksForToken, token, warnings } = listenerOverrides({
    MWI_ENABLE_TOKEN_AUTH: 'False',
    MWI_AUTH_TOKEN: strong,
  });
  expect([asksForToken, token]).toEqual([false, null]);
  expect(warnings).toEqual([
    expect.stringMatching(/every account on this computer.*MWI_AUTH_TOKEN is not used\.$/),
  ]);
});

test.each<[Record<string, string>, RegExp]>([
  [{ MWI_APP_PORT: '0' }, /MWI_APP_PORT is no port/],
  [{ MWI_APP_PORT: '65536' }, /MWI_APP_PORT/],
  [{ MWI_APP_PORT: '80x' }, /MWI_APP_PORT/],
  [{ MWI_AUTH_TOKEN: 'ab cd-secret' }, /position 3/],
  [{ MWI_AUTH_TOKEN: 'a&b=secret' }, /position 2/],
  [{ MWI_BASE_URL: 'matlab' }, /MWI_BASE_URL/],
  [{ MWI_BASE_URL: '/a//b' }, /MWI_BASE_URL/],
  [{ MWI_BASE_URL: '/a/../b' }, /MWI_BASE_URL/],
  [{ MWI_BASE_URL: '/%61' }, /MWI_BASE_URL/],
  [{ MWI_BASE_URL: '/a?b' }, /MWI_BASE_URL/],
  [{ MWI_BASE_URL: '/_gatehouse' }, /MWI_BASE_URL/],
  [{ MWI_ENABLE_SSL: 'true', MWI_SSL_KEY_FILE: '/k.pem' }, /MWI_SSL_KEY_FILE is a key without/],
  [{ MWI_ENABLE_SSL: 'true', MWI_SSL_CERT_FILE: 'c.pem' }, /MWI_SSL_CERT_FILE is not a full path/],
])('%j is refused without repeating a token', (environment, message) => {
  let told = '';
  try {
    listenerOverrides(environment);
  } catch (error) {
    told = errorInfo(error).message;
  }
  expect(told).toMatch(message);
  expect(told).not.toContain('secret');
});

test('the server is given what is its own, and nothing of the door', () => {
  const door = {
    MWI_APP_HOST: '0.0.0.0',
    MWI_APP_PORT: '1',
    MWI_AUTH_TOKEN: strong,
    MWI_BASE_URL: '/x',
    MWI_ENABLE_SSL: 'true',
    MWI_ENABLE_TOKEN_AUTH: 'false',
    MWI_SSL_CERT_FILE: '/c',
    MWI_SSL_KEY_FILE: '/k',
  };
  const server = { MLM_LICENSE_FILE: '1@here', MWI_CUSTOM_MATLAB_ROOT: '/opt/m', MWI_SESSION_NAME: 'Thesis' };
  expect(variablesOfServer({ ...door, ...server, LD_PRELOAD: 'x.so' })).toEqual(server);
  expect(basePathOf(door)).toBe('/x');
});
