import { expect, test } from 'vitest';
import { JsonObjectReader, type JsonMember } from '../../../../src/main/core/gateway/forward/json-object.ts';

/** Reads a text in pieces of this many bytes. */
function read(text: string, size = 1_000_000): { ok: boolean; over: boolean; members: JsonMember[] } {
  const members: JsonMember[] = [];
  const reader = new JsonObjectReader(member => members.push(member) > 0);
  const bytes = Buffer.from(text);
  let ok = true;
  for (let at = 0; ok && at < bytes.length; at += size) ok = reader.push(bytes.subarray(at, at + size));
  return { ok, over: reader.isOver, members };
}

const samples: readonly object[] = [
  {},
  { a: 1 },
  { chunk: -1, content: 'aGVsbG8=', format: 'base64' },
  { 'a"b\\': 'x"y\\z', ümläut: 'grüße €𝄞', b: null, c: true },
  { nested: { a: [1, { b: '}]"\\' }], c: {} }, after: [[], ['"', '\\']], text: '\u0000\n\t' },
];

test.each(samples)('%j is measured as JSON has it, in pieces of any size', sample => {
  for (const text of [JSON.stringify(sample), JSON.stringify(sample, null, 2)]) {
    for (const size of [1, 2, 3, 7, 1000]) {
      const { ok, over, members } = read(text, size);
      expect([text, size, ok, over]).toEqual([text, size, true, true]);
      expect(members.map(({ name }) => name)).toEqual(Object.keys(sample));
      for (const [at, value] of Object.values(sample).entries()) {
        if (typeof value !== 'string') continue;
        expect(members[at]).toMatchObject({ kind: 'string', bytes: Buffer.byteLength(value) });
      }
    }
  }
});

test('escapes are characters, in names as well', () => {
  const { members } = read('{"ch\\u0075nk": "a\\/b\\u0041\\u00e9\\u20ac"}');
  expect(members).toMatchObject([{ name: 'chunk', kind: 'string', characters: 6, bytes: 9 }]);
});

test.each([
  '[]',
  '"x"',
  '\ufeff{}',
  '{} {}',
  '{}x',
  '{1: 2}',
  '{"a" 1}',
  '{"a": "b" "c"}',
  `{"${'n'.repeat(300)}": 1}`,
])('%s is no such object', text => {
  expect(read(text).ok).toBe(false);
});

test.each(['', '{', '{"a', '{"a": "}', '{"a": {"b": "}"}', '{"a": 1'])('%s is not over', text => {
  expect(read(text)).toMatchObject({ ok: true, over: false });
});
