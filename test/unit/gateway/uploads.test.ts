import { expect, test } from 'vitest';
import { watchUpload } from '../../../src/main/core/gateway/uploads.ts';

const plan = (contentType: string | null, contentLength: number | null = 10, hasBody = true) =>
  watchUpload({ hasBody, contentType, contentLength }, 1_000_000);

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
