import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readFrame } from '../../../../src/main/core/profiles/messagebus/frame.ts';

const text = (data: string) => ({ binary: false, data: Buffer.from(data) });

test.each([
  ['', 'no JSON'],
  ['{"type": "a"', 'no JSON'],
  ['{"type": "a", "data": NaN}', 'no JSON'],
  ['[]', 'no JSON object'],
  ['null', 'no JSON object'],
  ['{}', 'no type'],
  ['{"type": 1}', 'no type'],
  ['{"type": ""}', 'no type'],
  ['{"type": "a\\n"}', 'no type'],
  ['{"type": "a\\u202e"}', 'no type'],
  ['{"type": "\\ud800"}', 'no type'],
  [`{"type": "${'x'.repeat(201)}"}`, 'no type'],
  ['{"__proto__": {"type": "a"}}', 'no type'],
  ['{"type": "a", "type": "b"}', 'twice'],
  ['{"type": "a", "data": []}', 'no object'],
  ['{"type": "a", "context": "x"}', 'no object'],
  ['{"ciphertext": "ab", "tag": "cd", "nonce": "ef"}', 'encrypted'],
  ['{"type": "speak", "ciphertext": "ab"}', 'encrypted'],
  [`{"type": "a", "data": {"x": ${'['.repeat(40)}${']'.repeat(40)}}}`, 'too deep'],
  [`{"type": "a", "data": {"x": "${'x'.repeat(3000)}"}}`, 'too long'],
])('%s is not read', (data, why) => {
  expect(readFrame(text(data), 2000)).toEqual({ kind: 'unreadable', reason: expect.stringContaining(why) });
});

test('a binary frame is not read, whatever is in it', () => {
  const frame = readFrame({ binary: true, data: Buffer.from('{"type": "a"}') }, 2000);
  expect(frame).toEqual({ kind: 'unreadable', reason: 'it is binary' });
});

test('data is kept as it is written, and what is missing is an empty object', () => {
  expect(readFrame(text('{"data": {"n": 12345678901234567890, "f": 1.0}, "type": "a"}'), 2000)).toEqual({
    kind: 'frame',
    type: 'a',
    data: '{"n": 12345678901234567890, "f": 1.0}',
    context: {},
  });
  const empty = { kind: 'frame', type: 'a', data: '{}', context: {} };
  expect(readFrame(text('{"type": "a", "data": null, "context": null}'), 2000)).toEqual(empty);
});

test('nothing makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), fc.boolean(), (data, binary) => {
      expect(['frame', 'unreadable']).toContain(readFrame({ binary, data: Buffer.from(data) }, 2000).kind);
    }),
  );
});
