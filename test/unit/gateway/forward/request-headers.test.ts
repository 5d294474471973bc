import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readFacts, type Facts } from '../../../../src/main/core/gateway/request/facts.ts';
import { TrustedProxies } from '../../../../src/main/core/gateway/request/trusted-proxies.ts';
import { makeHosts } from '../../../../src/main/core/gateway/request/hosts.ts';
import {
  plainSpelling,
  planRequestHeaders,
  requestHeaders,
} from '../../../../src/main/core/gateway/forward/request-headers.ts';
import { Secret } from '../../../../src/main/core/secret.ts';

const plan = planRequestHeaders('localhost', [
  ['X-Gate-Secret', new Secret('real')],
  ['X-Gate_User', new Secret('ada')],
]);
const own = 'http://thesis.localhost:1';

function factsOf(rawHeaders: readonly string[]): Facts {
  const listener = {
    hosts: makeHosts('thesis', 1, []),
    headerCount: 100,
    trustedProxies: new TrustedProxies([]),
  };
  const facts = readFacts(
    { method: 'GET', url: '/', httpVersion: '1.1', rawHeaders },
    '127.0.0.1',
    false,
    listener,
  );
  if ('message' in facts) throw new Error(facts.message);
  return facts;
}

function sent(...headers: string[]): string[] {
  const raw = ['Host', 'thesis.localhost:1', ...headers];
  return requestHeaders(raw, factsOf(raw), plan, false);
}

const said = [
  'x-forwarded-for',
  '127.0.0.1',
  'x-forwarded-proto',
  'http',
  'x-forwarded-host',
  'thesis.localhost:1',
  'X-Gate-Secret',
  'real',
  'X-Gate_User',
  'ada',
];

test('what only the gateway may say is said, once', () => {
  expect(sent()).toEqual(['host', 'localhost', ...said]);
});

test.each([
  ['X-GATE-SECRET'],
  ['x_gate_secret'],
  ['X.Gate.Secret'],
  ['X-Gate-User'],
  ['x_gate_user'],
  ['Forwarded'],
  ['X-Forwarded-Anything'],
  ['x_forwarded_user'],
  ['Proxy'],
  ['Proxy-Connection'],
  ['TE'],
  ['Upgrade'],
  ['Authorization'],
  ['X-Gatehouse-Token'],
])('%s is taken from nobody', name => {
  expect(sent(name, 'evil')).toEqual(['host', 'localhost', ...said]);
});

test.each<[string[], string[]]>([
  [
    ['Accept', 'a', 'Accept', 'b'],
    ['Accept', 'a', 'Accept', 'b'],
  ],
  [
    ['X-XSRFToken', 'a'],
    ['X-XSRFToken', 'a'],
  ],
  [['X_XSRFToken', 'a'], []],
  [['Content_Type', 'a'], []],
  [
    ['My_Header', 'a'],
    ['My_Header', 'a'],
  ],
  [
    ['Origin', own],
    ['Origin', 'http://localhost'],
  ],
  [
    ['Origin', 'http://tool'],
    ['Origin', 'http://tool'],
  ],
  [
    ['Origin', 'null'],
    ['Origin', 'null'],
  ],
  [
    ['Referer', `${own}/lab?token=t&a=1`],
    ['Referer', 'http://localhost/lab?a=1'],
  ],
  [['Referer', 'http://evil.io/?secret'], []],
  [['Referer', `${own}.evil.io/`], []],
  [
    ['Cookie', '_xsrf=1; gatehouse-session=x'],
    ['Cookie', '_xsrf=1'],
  ],
  [['Cookie', 'gatehouse-session=x'], []],
  [
    ['Connection', 'X-Hop, close', 'X-Hop', 'a', 'X-End', 'b'],
    ['X-End', 'b'],
  ],
  [
    ['Connection', 'cookie, origin', 'Cookie', 'a=1', 'Origin', own],
    ['Cookie', 'a=1', 'Origin', 'http://localhost'],
  ],
  [['Connection', 'x-gate-secret'], []],
  [
    ['If-None-Match', '"a"', 'Range', 'bytes=0-1'],
    ['If-None-Match', '"a"', 'Range', 'bytes=0-1'],
  ],
])('%j becomes %j', (headers, wanted) => {
  expect(sent(...headers)).toEqual(['host', 'localhost', ...wanted, ...said]);
});

test('an upgrade keeps the handshake and makes its own Connection', () => {
  const raw = [
    'Host',
    'thesis.localhost:1',
    'Connection',
    'keep-alive, Upgrade',
    'Upgrade',
    'h2c',
    'Sec-WebSocket-Key',
    'k',
    'Sec-WebSocket-Protocol',
    'a, b',
  ];
  expect(requestHeaders(raw, factsOf(raw), plan, true)).toEqual([
    'host',
    'localhost',
    'Sec-WebSocket-Key',
    'k',
    'Sec-WebSocket-Protocol',
    'a, b',
    ...said,
    'connection',
    'Upgrade',
    'upgrade',
    'websocket',
  ]);
});

test('whatever spelling of an injected name: the server reads one value, ours', () => {
  const spelled = fc
    .tuple(
      fc.constantFrom('x-gate-secret', 'x-forwarded-for', 'x-gate-user'),
      fc.array(fc.constantFrom('-', '_', '.', '~', '!')),
      fc.infiniteStream(fc.boolean()),
    )
    .map(([name, marks, upper]) => {
      let index = 0;
      const other = name.replaceAll('-', () => marks[index++] ?? '-');
      return other.replaceAll(/[a-z]/g, letter =>
        upper.next().value === true ? letter.toUpperCase() : letter,
      );
    });
  fc.assert(
    fc.property(spelled, name => {
      const result = sent(name, 'evil');
      return !result.includes('evil') && result.filter(value => value === 'real').length === 1;
    }),
  );
  expect(sent('a', 'b')).toContain('b');
});

test('every mark but a hyphen is one in every name, whatever it is beside', () => {
  for (let code = 0; code < 0x300; code += 1) {
    const name = `x${String.fromCharCode(code)}1`;
    expect(plainSpelling(name)).toBe(name.replaceAll(/[^a-z0-9-]/g, '-'));
  }
});
