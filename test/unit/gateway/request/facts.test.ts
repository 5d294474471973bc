import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readFacts, type Facts, type Fault } from '../../../../src/main/core/gateway/request/facts.ts';
import { makeHosts } from '../../../../src/main/core/gateway/request/hosts.ts';
import { usualCredentialLocations } from '../../../../src/main/core/gateway/request/credential-locations.ts';
import { TrustedProxies } from '../../../../src/main/core/gateway/request/trusted-proxies.ts';

const hosts = makeHosts('thesis', 8888, ['lab.example.org']);
const host = ['Host', 'thesis.localhost:8888'];

function read(
  url: string,
  rawHeaders: readonly string[] = host,
  options: { method?: string; upgrade?: boolean; proxies?: string[]; httpVersion?: string } = {},
): Facts | Fault {
  const { method = 'GET', upgrade = false, proxies = [], httpVersion = '1.1' } = options;
  const listener = { hosts, headerCount: 10, trustedProxies: new TrustedProxies(proxies) };
  return readFacts({ method, url, httpVersion, rawHeaders }, '127.0.0.1', upgrade, listener);
}

test('a plain request', () => {
  expect(read('/lab/a%2fb?x=1&token=t', [...host, 'Accept', 'text/html'])).toEqual({
    method: 'GET',
    target: '/lab/a%2fb?x=1',
    whole: '/lab/a%2fb?x=1&token=t',
    path: '/lab/a%2fb',
    query: 'x=1',
    hadQueryToken: true,
    host: 'thesis.localhost:8888',
    hostKind: 'own',
    scheme: 'http',
    ownOrigin: 'http://thesis.localhost:8888',
    origin: null,
    site: null,
    mode: null,
    dest: null,
    upgrade: false,
    workerScript: false,
    safe: true,
    navigation: true,
    hasBody: false,
    subprotocols: '',
    subprotocolToken: null,
    credentialLocations: usualCredentialLocations,
    userAgent: '',
    contentType: null,
    contentLength: null,
    credentials: [{ kind: 'query', value: 't' }],
    ambiguousCredential: false,
    client: '127.0.0.1',
    names: ['host', 'accept'],
  });
});

test.each<[string, string, string[], object, number]>([
  ['no host', '/', [], {}, 400],
  ['two hosts', '/', [...host, 'host', 'thesis.localhost:8888'], {}, 400],
  ['an untrusted host', '/', ['Host', 'evil.io'], {}, 400],
  [
    'both framings',
    '/',
    [...host, 'Content-Length', '1', 'Transfer-Encoding', 'chunked'],
    { method: 'POST' },
    400,
  ],
  ['a coding', '/', [...host, 'Transfer-Encoding', 'gzip, chunked'], { method: 'POST' }, 501],
  [
    'chunked for HTTP/1.0',
    '/',
    [...host, 'Transfer-Encoding', 'chunked'],
    { method: 'POST', httpVersion: '1.0' },
    501,
  ],
  ['a length that is none', '/', [...host, 'Content-Length', '1 '], { method: 'POST' }, 400],
  ['HTTP/0.9', '/', host, { httpVersion: '0.9' }, 505],
  ['HTTP/2.0', '/', host, { httpVersion: '2.0' }, 505],
  ['TRACE', '/', host, { method: 'TRACE' }, 405],
  ['an upgrade with a body', '/', [...host, 'Content-Length', '1'], { upgrade: true }, 400],
  ['an upgrade by POST', '/', host, { upgrade: true, method: 'POST' }, 405],
  ['too many headers', '/', Array.from({ length: 22 }, () => 'a'), {}, 431],
  ['a star', '*', host, { method: 'OPTIONS' }, 400],
  ['another absolute form', 'http://evil.io/', host, {}, 400],
  ['a scheme of no use', 'ftp://thesis.localhost:8888/', host, {}, 400],
  ['a fragment', '/a#b', host, {}, 400],
  ['a backslash', '/a\\b', host, {}, 400],
  ['a blank', '/a b', host, {}, 400],
  ['no target', '', host, {}, 400],
])('%s is a fault', (_name, url, headers, options, status) => {
  expect(read(url, headers, options)).toMatchObject({ status });
});

test('HTTP/1.0 with a host and absolute form with the same host pass', () => {
  expect(read('/', host, { httpVersion: '1.0' })).toMatchObject({ path: '/' });
  expect(read('HTTP://Thesis.localhost:8888/a?b', host)).toMatchObject({ target: '/a?b' });
  expect(read('http://thesis.localhost:8888', host)).toMatchObject({ target: '/' });
  expect(read('/a?b=\\c', host)).toMatchObject({ query: 'b=\\c' });
});

test.each<[string, string[], object, boolean]>([
  ['text/html', ['Accept', 'text/html,*/*'], {}, true],
  ['anything', ['Accept', '*/*'], {}, false],
  ['a document', ['Sec-Fetch-Mode', 'navigate', 'Sec-Fetch-Dest', 'document'], {}, true],
  ['a frame', ['Sec-Fetch-Mode', 'navigate', 'Sec-Fetch-Dest', 'iframe'], {}, false],
  ['a fetch that says text/html', ['Accept', 'text/html', 'Sec-Fetch-Mode', 'cors'], {}, false],
  ['a POST', ['Accept', 'text/html'], { method: 'POST' }, false],
  ['an upgrade', ['Accept', 'text/html'], { upgrade: true }, false],
])('%s: is it a person who opens a page?', (_name, headers, options, navigation) => {
  expect(read('/', [...host, ...headers], options)).toMatchObject({ navigation });
});

test.each<[string[], string[], string, string]>([
  [[], ['X-Forwarded-For', '6.6.6.6', 'X-Forwarded-Proto', 'https'], '127.0.0.1', 'http'],
  [['10.0.0.0/8'], ['X-Forwarded-For', '6.6.6.6', 'X-Forwarded-Proto', 'https'], '127.0.0.1', 'http'],
  [['127.0.0.1/32'], [], '127.0.0.1', 'http'],
  [['127.0.0.1/32'], ['X-Forwarded-For', '6.6.6.6', 'X-Forwarded-For', '10.0.0.7'], '10.0.0.7', 'http'],
  [['127.0.0.0/8'], ['X-Forwarded-For', '10.0.0.7', 'X-Forwarded-Proto', 'https'], '10.0.0.7', 'https'],
  [['127.0.0.0/8'], ['X-Forwarded-Proto', 'https, http'], '127.0.0.1', 'http'],
])('home-assistant 14345, 58326: behind proxies of %j, %j', (proxies, headers, client, scheme) => {
  expect(read('/', ['Host', 'lab.example.org', ...headers], { proxies })).toMatchObject({ client, scheme });
});

test('whatever comes: facts or a fault, and what is passed on was in the request', () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 });
  fc.assert(
    fc.property(text, fc.array(fc.tuple(text, text), { maxLength: 5 }), (url, headers) => {
      const result = read(url, [...host, ...headers.flat()]);
      if ('message' in result) return result.status >= 400;
      return result.target.startsWith('/') && result.whole.startsWith('/') && url.includes(result.path);
    }),
    { numRuns: 2000 },
  );
  expect(read('/x')).toMatchObject({ path: '/x' });
});
