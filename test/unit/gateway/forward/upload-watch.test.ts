import { expect, test } from 'vitest';
import { watchUpload } from '../../../../src/main/core/gateway/forward/upload-watch.ts';

const plan = (contentType: string | null, contentLength: number | null = 10, hasBody = true) =>
  watchUpload({ hasBody, contentType, contentLength, names: [] }, 1_000_000);

test.each([
  'application/json',
  'application/json; charset=UTF-8',
  'application/vnd.api+json',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  'text/plain;charset=UTF-8',
  'text/csv',
  'image/png',
  'video/mp4',
  'multipart/form-data; boundary=x',
  null,
])('%s may begin', type => {
  expect(plan(type).refusal).toBeNull();
});

test.each([
  ['text/html', 415],
  ['TEXT/HTML', 415],
  ['image/svg+xml', 415],
  ['application/xml', 415],
  ['text/javascript', 415],
  ['application/pdf', 415],
  ['multipart/mixed; boundary=x', 415],
  ['multipart/form-data', 400],
  ['application/json, text/html', 415],
])('%s may not', (type, status) => {
  expect(plan(type).refusal?.status).toBe(status);
});

test('nothing is looked at where there is no body', () => {
  expect(plan('text/html', null, false)).toEqual({ refusal: null, inspect: null });
});

test('a body that says it is too large does not begin', () => {
  expect(plan('application/json', 1_000_001).refusal?.status).toBe(413);
  expect(plan('application/json', 1_000_000).refusal).toBeNull();
});

test('a body that does not say so ends when it is', () => {
  const { inspect } = plan('application/json', null);
  expect(inspect?.(Buffer.alloc(1_000_000))).toBeNull();
  expect(inspect?.(Buffer.alloc(1))?.status).toBe(413);
});

test('the parts of a form are looked at as they pass', () => {
  const { inspect } = plan('multipart/form-data; boundary=x', null);
  expect(inspect?.(Buffer.from('--x\r\nContent-Disposition: form-data; name=f; filename=a.ht'))).toBeNull();
  expect(inspect?.(Buffer.from('ml\r\n\r\n'))?.status).toBe(415);
});

test.each([
  ['image/png', 10, null],
  ['image/svg+xml', 10, 415],
  ['application/pdf', 10, null],
  ['application/pdfx', 10, 415],
  ['application/json', 10, 415],
  ['text/plain', 10, 415],
  [null, 10, null],
  ['application/pdf', 2_000_000, 413],
] as const)(
  'where only pictures and one type are named, %s of %i bytes: %s',
  (contentType, contentLength, status) => {
    const facts = { hasBody: true, contentType, contentLength, names: [] };
    const { refusal } = watchUpload(facts, 1_000_000, ['image/*', 'application/pdf']);
    expect(refusal?.status ?? null).toBe(status);
  },
);

test('the parts of a form are of a type that was named, or of none', () => {
  const part = (head: string): string =>
    `--x\r\nContent-Disposition: form-data; name="a"${head}\r\n\r\n1\r\n`;
  const send = (body: string): number | undefined => {
    const facts = {
      hasBody: true,
      contentType: 'multipart/form-data; boundary=x',
      contentLength: null,
      names: [],
    };
    const watched = watchUpload(facts, 1_000_000, ['image/*', 'multipart/form-data']);
    return watched.inspect?.(Buffer.from(body))?.status;
  };
  expect(send(part(''))).toBeUndefined();
  expect(send(part('\r\nContent-Type: image/png'))).toBeUndefined();
  expect(send(part('\r\nContent-Type: text/plain'))).toBe(415);
  expect(send(part('\r\nContent-Type: image/svg+xml'))).toBe(415);
});
