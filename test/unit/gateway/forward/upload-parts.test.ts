import { expect, test } from 'vitest';
import { UploadedFiles } from '../../../../src/main/core/gateway/forward/uploaded-files.ts';
import { watchParts } from '../../../../src/main/core/gateway/forward/upload-parts.ts';
import { jupyterUploads } from '../../../../src/main/core/profiles/jupyter/jupyter-uploads.ts';

const rule = jupyterUploads('linux');
const tooLarge = { status: 413, message: 'too large' };

/** @returns status with which the text is refused; 200 where it passes */
function send(files: UploadedFiles, text: string, size = 1000): number {
  const writing = files.write('ada', '/a');
  if ('status' in writing) throw new Error(writing.message);
  const watch = watchParts(rule, writing, tooLarge, () => 0);
  const bytes = Buffer.from(text);
  let status = 200;
  for (let at = 0; status === 200 && at < bytes.length; at += size) {
    status = watch(bytes.subarray(at, at + size))?.status ?? 200;
  }
  writing.over(status === 200 ? 'written' : 'refused', 0);
  return status;
}

const model = (chunk: unknown, content: unknown, format = 'base64'): string =>
  JSON.stringify({ type: 'file', format, name: 'a', chunk, content });
const of = (bytes: number): string => Buffer.alloc(bytes).toString('base64');

test('bytes of the file are counted, not of the JSON', () => {
  const files = new UploadedFiles(999);
  expect(send(files, model(1, of(600)))).toBe(200);
  expect(send(files, model(2, of(399)))).toBe(200);
  expect(send(files, model(-1, of(3)))).toBe(413);
  for (const bytes of [997, 998, 999]) expect(send(files, model(undefined, of(bytes)))).toBe(200);
  expect(send(files, model(undefined, of(1000)))).toBe(413);
  expect(send(files, model(1, '\n'.repeat(999), 'text'))).toBe(200);
  expect(send(files, model(1, 'é'.repeat(500), 'text'))).toBe(413);
  expect(send(files, model(undefined, { cells: ['x'.repeat(980)] }, 'json'))).toBe(200);
  expect(send(files, model(undefined, { cells: ['x'.repeat(1000)] }, 'json'))).toBe(413);
});

test.each([1, 7, 100_000])('it ends before it has passed, in pieces of %i bytes', size => {
  const files = new UploadedFiles(300);
  expect(send(files, model(1, of(300)), size)).toBe(200);
  expect(send(files, model(2, of(3)), size)).toBe(413);
  // The number behind the content.
  expect(send(files, `{"type": "file", "format": "base64", "content": "${of(3)}", "chunk": 2}`, size)).toBe(
    413,
  );
  // A format that makes more of it than was taken for granted.
  expect(send(files, `{"chunk": 1, "content": "${'x'.repeat(303)}", "format": "text"}`, size)).toBe(413);
  expect(send(files, `{"chunk": 1, "content": "${'x'.repeat(303)}"}`, size)).toBe(413);
});

test.each([
  '{"chunk": 1, "content": "", "chunk": 2}',
  '{"chunk": 1, "ch\\u0075nk": 2, "content": ""}',
  '{"content": "", "content": "x", "chunk": 1}',
  '{"format": "base64", "format": "text", "content": "", "chunk": 1}',
  '{"chunk": 1.0, "content": ""}',
  '{"chunk": true, "content": ""}',
  '{"chunk": "1", "content": ""}',
  '{"chunk": [1], "content": ""}',
  '{"chunk": 0, "content": ""}',
  '{"chunk": 01, "content": ""}',
  '{"chunk": 1e0, "content": ""}',
  '{"chunk": 1, "content": ""} {"chunk": 2}',
  '[{"chunk": 1}]',
])('%s is refused: two programs may read it differently', text => {
  expect(send(new UploadedFiles(1000), text)).toBe(400);
});

test.each([
  ['PUT', '/api/contents/a/b.txt', { file: '/a/b.txt', act: 'writes' }],
  ['PUT', '/api/contents/a//./%62.txt/', { file: '/a/b.txt', act: 'writes' }],
  ['PUT', '/api/contents/a%2Fc/../b.txt', { file: '/a/b.txt', act: 'writes' }],
  ['PUT', '/api/contents/A/b.txt', { file: '/A/b.txt', act: 'writes' }],
  ['PUT', '/api/contents/%ff', 'unclear'],
  ['PATCH', '/api/contents/a', { file: '/a', act: 'moves' }],
  ['DELETE', '/api/contents/a', { file: '/a', act: 'moves' }],
  ['GET', '/api/contents/a', null],
  ['POST', '/api/contents/a', null],
  ['PUT', '/lab/api/settings/a', null],
] as const)('%s %s touches %j', (method, path, touched) => {
  expect(rule.touches(method, path)).toEqual(touched);
});

test('where names differ by case alone, the file is one', () => {
  const touched = { file: '/a/b.txt', act: 'writes' };
  expect(jupyterUploads('darwin').touches('PUT', '/api/contents/A/B.txt')).toEqual(touched);
});
