import { expect, test } from 'vitest';
import {
  fillPlaceholders,
  usedPlaceholders,
} from '../../../../src/main/core/profiles/custom/placeholders.ts';

const values = { port: '4567', port2: '4568', socket: '/run/s', base: '/', secretFile: '/run/secret' };

test.each<[string, string[], string[]]>([
  ['--port={port}', ['port'], ['--port=4567']],
  ['{socket}{base}', ['socket', 'base'], ['/run/s/']],
  ['{{port}}', [], ['{port}']],
  ['{port2} {{port2}}', ['port2'], ['4568 {port2}']],
  ['{a2}', [], ['{a2}']],
  ['{{{port}}}', [], ['{{port}}']],
  ['{ {port} }', ['port'], ['{ 4567 }']],
  ['{"a": {"b": 1}}', [], ['{"a": {"b": 1}}']],
  ['{ port }', [], ['{ port }']],
  ['{}', [], ['{}']],
  ['$&{secretFile}', ['secretFile'], ['$&/run/secret']],
])('%s', (argument, used, filled) => {
  expect([...usedPlaceholders([argument])]).toEqual(used);
  expect(fillPlaceholders([argument], values)).toEqual(filled);
});

test('a value is not looked into again', () => {
  expect(fillPlaceholders(['{socket}'], { ...values, socket: '/run/{port}' })).toEqual(['/run/{port}']);
});

test.each(['{prot}', '{Port}', '{token}', 'x{constructor}'])('%s does not exist and is named', argument => {
  const name = /\{(\w+)\}/.exec(argument)?.[1] ?? '';
  expect(() => usedPlaceholders(['ok {port}', argument])).toThrow(`{${name}}`);
});
