import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  branchPath,
  PageRewriter,
  withoutByteFacts,
} from '../../../../src/main/core/gateway/forward/page-rewriter.ts';
import type { PageRewrite } from '../../../../src/main/core/ports.ts';

const texts = [
  { from: `uaddr: '127.0.0.1'`, to: `uaddr: '{hostname}'` },
  { from: `uport: '2929'`, to: `uport: '{port}/net'` },
  { from: '"ws://"', to: '"{ws}://"' },
];
const rewrite = (given: PageRewrite['texts'] = texts): PageRewrite => ({
  paths: ['/'],
  type: 'text/html',
  texts: given,
});
const guest = { host: 'lab.local:8443', scheme: 'https', client: '192.0.2.7' } as const;

function rewritten(
  pieces: readonly (string | Buffer)[],
  rules = rewrite(),
  at: { host: string; scheme: 'http' | 'https'; client?: string } = guest,
): string {
  const rewriter = new PageRewriter(rules, { ...guest, ...at });
  const out = pieces.map(piece => rewriter.push(Buffer.from(piece)));
  return Buffer.concat([...out, rewriter.end()]).toString('latin1');
}

test('the declared texts become the door, and nothing else changes', () => {
  const page = `<p>127.0.0.1:2929 ws://x 'ws://'</p> uaddr: '127.0.0.1', uport: '2929', "ws://"`;
  expect(rewritten([page])).toBe(
    `<p>127.0.0.1:2929 ws://x 'ws://'</p> uaddr: 'lab.local', uport: '8443/net', "wss://"`,
  );
});

test.each([
  [{ host: 'thesis.localhost:41000', scheme: 'http' }, 'thesis.localhost 41000/net ws'],
  [{ host: 'lab.local', scheme: 'https' }, 'lab.local 443/net wss'],
  [{ host: 'lab.local', scheme: 'http' }, 'lab.local 80/net ws'],
  [{ host: '[fe80::1]:8443', scheme: 'https' }, '[fe80::1] 8443/net wss'],
  [{ host: '[::1]', scheme: 'https' }, '[::1] 443/net wss'],
] as const)('%o is what a page is told', (at, expected) => {
  const rules = rewrite([{ from: 'X', to: '{hostname} {port}/net {ws}' }]);
  expect(rewritten(['X'], rules, at)).toBe(expected);
  expect(branchPath('/ws-port/{port}/', at)).toBe(`/ws-port/${expected.split(/[ /]/)[1]}/`);
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8::7', '2001:db8::7'],
  ['::ffff:192.0.2.7', '::ffff:192.0.2.7'],
  ['127.0.0.1', 'guest'],
  ['127.9.9.9', 'guest'],
  ['::1', 'guest'],
  ['::ffff:127.0.0.1', 'guest'],
  ['0:0:0:0:0:ffff:7f00:1', 'guest'],
  ["1'; alert(1); '", 'guest'],
  ['', 'guest'],
])('a page is told of a client at %o: %o', (client, expected) => {
  const rules = rewrite([{ from: 'X', to: '{client}' }]);
  expect(rewritten(['X'], rules, { ...guest, client })).toBe(expected);
});

test('whether anything was found is known', () => {
  const rewriter = new PageRewriter(rewrite(), guest);
  rewriter.push(Buffer.from('nothing of it'));
  rewriter.end();
  expect(rewriter.found).toBe(false);
  rewriter.push(Buffer.from('"ws://"'));
  rewriter.end();
  expect(rewriter.found).toBe(true);
});

test('how the page is cut changes nothing', () => {
  const overlapping = rewrite([
    { from: 'abcab', to: '1' },
    { from: 'ca', to: '22' },
    { from: 'b', to: '' },
  ]);
  const page = fc.stringMatching(/^[abc]{0,40}$/);
  fc.assert(
    fc.property(page, fc.array(fc.nat(40)), (text, cuts) => {
      const points = [
        0,
        ...cuts.filter(cut => cut < text.length).sort((one, other) => one - other),
        text.length,
      ];
      const pieces = points.slice(1).map((point, index) => text.slice(points[index], point));
      expect(rewritten(pieces, overlapping)).toBe(rewritten([text], overlapping));
    }),
  );
});

test('bytes that are no text pass as they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
      const rules = rewrite([{ from: 'never there in three hundred random bytes', to: '' }]);
      expect(rewritten([Buffer.from(bytes)], rules)).toBe(Buffer.from(bytes).toString('latin1'));
    }),
  );
});

test('a page without an end is not held back: no more is kept than the longest text', () => {
  const rewriter = new PageRewriter(rewrite(), guest);
  let sent = 0;
  for (let piece = 1; piece <= 200; piece += 1) {
    sent += rewriter.push(Buffer.alloc(10_000, 'u')).length;
    expect(piece * 10_000 - sent).toBeLessThan(18);
  }
});

test('what was true of the bytes alone is not said of others', () => {
  expect(
    withoutByteFacts([
      'Content-Length',
      '3',
      'X-A',
      'etag',
      'ETag',
      '"1"',
      'Digest',
      'x',
      'Content-Type',
      'text/html',
    ]),
  ).toEqual(['X-A', 'etag', 'Content-Type', 'text/html']);
});
