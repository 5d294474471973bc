import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { guestScript } from '../../../../../src/main/core/gateway/guest/pages/banner-script.ts';

const { status, headers, body } = guestScript();

test('it is a script, never cached and never taken for something else', () => {
  expect(status).toBe(200);
  const pairs = Object.fromEntries(
    headers.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), headers[at + 1]]] : [])),
  );
  expect(pairs).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  });
});

test('it defines nothing outside itself and makes no markup of a text', () => {
  expect(() => new Script(body)).not.toThrow();
  expect(body).toMatch(/^\(\(\) => \{\n'use strict';[^]*\}\)\(\);\n$/);
  expect(body).not.toMatch(
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|document\.cookie/,
  );
  expect(body).toContain("mode: 'closed'");
});

test('in a frame it does nothing at all', () => {
  const nothing = new Proxy({}, { get: () => expect.unreachable('the document was touched') });
  const self = {};
  expect(new Script(body).runInNewContext({ top: {}, self, document: nothing })).toBeUndefined();
});
