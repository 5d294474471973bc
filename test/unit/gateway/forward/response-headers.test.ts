import { expect, test } from 'vitest';
import {
  responseHeaders,
  responseReason,
  responseTrailers,
  type ResponsePlan,
} from '../../../../src/main/core/gateway/forward/response-headers.ts';

const plan: ResponsePlan = {
  withheldCookies: [/^username-/, /^jupyterhub/i],
  upstreamOrigins: ['http://localhost', 'http://127.0.0.1:9999'],
};
const own = 'http://thesis.localhost:1';

function sent(headers: string[]): string[] {
  return responseHeaders(
    headers.map(value => Buffer.from(value, 'latin1')),
    plan,
    own,
  );
}

const policy = ['Content-Security-Policy', "frame-ancestors 'self'; object-src 'self'"];
const always = ['X-Content-Type-Options', 'nosniff', 'Cross-Origin-Resource-Policy', 'same-origin'];
const referrer = ['Referrer-Policy', 'same-origin'];
const opener = ['Cross-Origin-Opener-Policy', 'same-origin'];
const frame = ['X-Frame-Options', 'SAMEORIGIN'];
const all = [...always, ...referrer, ...opener, ...policy, ...frame];

test.each<[string[], string[]]>([
  [
    ['Content-Type', 'text/html', 'Content-Length', '3'],
    ['Content-Type', 'text/html', 'Content-Length', '3', ...all],
  ],
  [
    [
      'Server',
      'x/1',
      'X-Powered-By',
      'y',
      'Connection',
      'keep-alive',
      'Keep-Alive',
      '5',
      'Transfer-Encoding',
      'chunked',
    ],
    all,
  ],
  [['Access-Control-Allow-Origin', '*', 'access-control-allow-credentials', 'true'], all],
  [['Strict-Transport-Security', 'max-age=1', 'Alt-Svc', 'h3=":1"', 'Proxy-Authenticate', 'Basic'], all],
  [['Set-Cookie', '=gatehouse-session=x', 'Set-Cookie', ' = username-a=x; Path=/'], all],
  [['Service-Worker-Allowed', '/', 'clear-site-data', '"cookies"'], all],
  [['X-Content-Type-Options', 'sniff', 'Cross-Origin-Resource-Policy', 'cross-origin'], all],
  [
    ['Set-Cookie', '_xsrf=1; Path=/', 'Set-Cookie', 'a=1'],
    ['Set-Cookie', '_xsrf=1; Path=/', 'Set-Cookie', 'a=1', ...all],
  ],
  [['Set-Cookie', 'username-localhost=secret; HttpOnly'], all],
  [['Set-Cookie', 'JupyterHub-session=secret'], all],
  [
    [
      'Set-Cookie',
      'gatehouse-session=fixed',
      'Set-Cookie',
      ' __Host-Gatehouse-Session=x',
      'Set-Cookie',
      'gatehouse-session;Path=/',
    ],
    all,
  ],
  [
    ['Location', 'http://localhost/lab?a'],
    ['Location', `${own}/lab?a`, ...all],
  ],
  [
    ['Location', 'HTTP://LocalHost/lab'],
    ['Location', `${own}/lab`, ...all],
  ],
  [
    ['Location', 'http://127.0.0.1:9999'],
    ['Location', own, ...all],
  ],
  [
    ['Location', 'http://localhost.evil.io/'],
    ['Location', 'http://localhost.evil.io/', ...all],
  ],
  [
    ['Location', 'http://localhost:80@evil.io/'],
    ['Location', 'http://localhost:80@evil.io/', ...all],
  ],
  [
    ['Location', '/lab'],
    ['Location', '/lab', ...all],
  ],
  [
    ['Content-Security-Policy', "default-src 'self'"],
    ['Content-Security-Policy', "default-src 'self'", ...always, ...referrer, ...opener, ...frame],
  ],
  [
    ['Content-Security-Policy', "frame-ancestors 'self'"],
    ['Content-Security-Policy', "frame-ancestors 'self'", ...always, ...referrer, ...opener],
  ],
  [
    ['X-Frame-Options', 'DENY'],
    ['X-Frame-Options', 'DENY', ...always, ...referrer, ...opener, ...policy],
  ],
  [
    ['Referrer-Policy', 'no-referrer'],
    ['Referrer-Policy', 'no-referrer', ...always, ...opener, ...policy, ...frame],
  ],
  [['Referrer-Policy', 'unsafe-url'], all],
  [
    ['Cross-Origin-Opener-Policy', 'unsafe-none'],
    ['Cross-Origin-Opener-Policy', 'unsafe-none', ...always, ...referrer, ...policy, ...frame],
  ],
])('%j', (headers, wanted) => {
  expect(sent(headers)).toEqual(wanted);
});

test('an upgrade has no page policies', () => {
  expect(responseHeaders(['Sec-WebSocket-Accept', 'x', 'Server', 'y'], plan, own, true)).toEqual([
    'Sec-WebSocket-Accept',
    'x',
  ]);
});

test.each([
  ['OK', 'OK'],
  ['', ''],
  ['I am\ta teapot', 'I am\ta teapot'],
  ['\u00e2\u0082\u00ac', 'Not Found'],
  ['a\u0001', 'Not Found'],
  ['\u007f', 'Not Found'],
  ['€', 'Not Found'],
  [undefined, 'Not Found'],
])('reason %j', (words, wanted) => {
  expect(responseReason(404, words)).toBe(wanted);
});

test('a reason of an unknown status is empty', () => {
  expect(responseReason(799, '€')).toBe('');
});

test('trailers: well-formed ones that may stand behind', () => {
  const raw = [
    'X-T',
    'a\u00ff',
    'x t',
    'b',
    'X-€',
    'b',
    'X-B',
    '\u0001',
    'X-C',
    '€',
    'Set-Cookie',
    'a=b',
    'Content-Length',
    '5',
  ];
  expect(responseTrailers([...raw, Buffer.from('ETag'), Buffer.from('"1"')])).toEqual([
    ['X-T', 'a\u00ff'],
    ['ETag', '"1"'],
  ]);
});

const uploaded: ResponsePlan = { ...plan, contentPaths: [/^\/files\//] };
const sandboxed = (type: string | null, path: string): boolean =>
  responseHeaders(type === null ? [] : ['Content-Type', type], uploaded, own, false, path).some(value =>
    value.startsWith('sandbox'),
  );

test.each([
  'text/html',
  'TEXT/HTML; charset=utf-8',
  'application/xhtml+xml',
  'image/svg+xml',
  'text/xml',
  'application/pdf',
  'text/javascript',
  'something/new',
  null,
])('what people have uploaded as %s runs in a sandbox', type => {
  expect(sandboxed(type, '/files/x')).toBe(true);
  expect(sandboxed(type, '/lab')).toBe(false);
});

test.each(['/%66iles/x', '/files%2fx', '/%66%69%6C%65%73/%zz', '/%66iles%2Fx%'])(
  'in the spelling %s, which some server reads alike, too',
  path => {
    expect(sandboxed('text/html', path)).toBe(true);
  },
);

test.each([
  'image/png',
  'text/plain; charset=utf-8',
  'text/csv',
  'application/json',
  'application/octet-stream',
])('%s needs none', type => {
  expect(sandboxed(type, '/files/x')).toBe(false);
});

test("a server's own policy does not take the sandbox away", () => {
  const headers = ['Content-Type', 'text/html', 'Content-Security-Policy', 'sandbox allow-same-origin'];
  const policies = responseHeaders(headers, uploaded, own, false, '/files/x').filter((_value, index, all) =>
    /^content-security-policy$/i.test(all[index - 1] ?? ''),
  );
  expect(policies).toEqual([
    'sandbox allow-same-origin',
    'sandbox allow-scripts allow-popups allow-downloads',
  ]);
});
