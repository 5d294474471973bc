import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { scanObject } from '../../../../src/main/core/profiles/messagebus/scan.ts';

test.each([
  ['{"a": 1, "a": 2}', 'twice'],
  ['{"a": 1, "\\u0061": 2}', 'twice'],
  ['{"x": [{"a": 2, "b": 1, "a": 0}]}', 'twice'],
  ['{"__proto__": 1, "__proto__": 2}', 'twice'],
  ['[]', 'no JSON object'],
  ['"{}"', 'no JSON object'],
  ['{"a": [[[]]]}', 'too deep'],
  ['{"a": {"b": {"c": {}}}}', 'too deep'],
])('%s is refused', (text, why) => {
  expect(scanObject(text, 3)).toEqual({ kind: 'fault', reason: expect.stringContaining(why) });
});

test('brackets and names within texts count for nothing, and the same name in two objects is no fault', () => {
  const text = '{"a": "{[\\"a\\":", "b": {"a": [1, {"a": "\\\\"}]}, "c\\n": 12345678901234567890 , "d":[]}';
  expect(JSON.parse(text)).toBeDefined();
  const scan = scanObject(text, 4);
  expect(scan.kind === 'object' && [...scan.members]).toEqual([
    ['a', '"{[\\"a\\":"'],
    ['b', '{"a": [1, {"a": "\\\\"}]}'],
    ['c\n', '12345678901234567890'],
    ['d', '[]'],
  ]);
});

test('whatever the object, its members are found as they are written, and twice the same is found wherever it stands', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), fc.string(), (value, name) => {
      const { __proto__: _, ...plain } = value;
      const scan = scanObject(JSON.stringify(plain, null, 1), 20);
      if (scan.kind !== 'object') throw new Error(scan.reason);
      const read = [...scan.members].map(([key, text]) => [key, JSON.parse(text) as unknown]);
      expect(Object.fromEntries(read)).toEqual(JSON.parse(JSON.stringify(plain)));
      const twice = `{"x": [${JSON.stringify(plain)}, {${JSON.stringify(name)}: 1, ${JSON.stringify(name)}: 2}]}`;
      expect(scanObject(twice, 20)).toMatchObject({ kind: 'fault' });
    }),
  );
});
