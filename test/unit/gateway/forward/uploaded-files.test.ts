import { expect, test } from 'vitest';
import {
  UploadedFiles,
  type Outcome,
  type Part,
  type Writing,
} from '../../../../src/main/core/gateway/forward/uploaded-files.ts';

/** Sends a part as the door does; whether it was let through. */
function send(
  files: UploadedFiles,
  part: Part,
  bytes: number,
  {
    session = 'ada',
    file = '/a',
    now = 0,
    outcome = 'written',
  }: { session?: string; file?: string; now?: number; outcome?: Outcome } = {},
): boolean {
  const writing = begin(files, session, file);
  const isTaken = bytes <= writing.context(part, now);
  if (isTaken) writing.take(part, bytes, now);
  writing.over(outcome, now);
  return isTaken;
}

function begin(files: UploadedFiles, session: string, file: string): Writing {
  const writing = files.write(session, file);
  if ('status' in writing) throw new Error(writing.message);
  return writing;
}

test('the parts of a file are added up', () => {
  const files = new UploadedFiles(100);
  expect(send(files, 'first', 40)).toBe(true);
  expect(send(files, 'next', 40)).toBe(true);
  expect(send(files, 'next', 21)).toBe(false);
  expect(send(files, 'last', 20)).toBe(true);
  expect(files.size).toBe(0);
});

test('after the last one, and before the first, nothing goes on', () => {
  const files = new UploadedFiles(100);
  for (const part of ['next', 'last'] as const) expect(send(files, part, 0)).toBe(false);
  expect(send(files, 'first', 10)).toBe(true);
  expect(send(files, 'last', 10)).toBe(true);
  for (const part of ['next', 'last'] as const) expect(send(files, part, 0)).toBe(false);
  expect(send(files, 'whole', 100)).toBe(true);
  expect(send(files, 'next', 0)).toBe(false);
});

test('beginning anew counts anew, but not while the server may still be writing', () => {
  const files = new UploadedFiles(100);
  for (let count = 0; count < 5; count++) expect(send(files, 'first', 90)).toBe(true);
  expect(send(files, 'next', 10, { outcome: 'unknown', now: 1000 })).toBe(true);
  expect(send(files, 'first', 1, { now: 1001 })).toBe(false);
  expect(send(files, 'whole', 1, { now: 1001 })).toBe(false);
  expect(send(files, 'first', 100, { now: 61_001 })).toBe(true);
});

test('what the server did not write, or was not heard to have written, nobody goes on with', () => {
  const files = new UploadedFiles(100);
  for (const outcome of ['refused', 'unknown'] as const) {
    expect(send(files, 'first', 1, { outcome })).toBe(true);
    expect(send(files, 'next', 1)).toBe(false);
  }
});

test('one part at a time', () => {
  const files = new UploadedFiles(100);
  const writing = begin(files, 'ada', '/a');
  expect(files.write('ada', '/a')).toMatchObject({ status: 409 });
  expect(files.write('bob', '/a')).toMatchObject({ status: 409 });
  writing.over('refused', 0);
  expect(send(files, 'first', 1)).toBe(true);
});

test("another guest goes on with nobody's file, and takes over by beginning it", () => {
  const files = new UploadedFiles(100);
  expect(send(files, 'first', 60)).toBe(true);
  expect(send(files, 'next', 1, { session: 'bob' })).toBe(false);
  expect(send(files, 'first', 1, { session: 'bob' })).toBe(true);
  expect(send(files, 'next', 1)).toBe(false);
});

test('a file that was moved, or that lies in a folder that was, does not go on', () => {
  const files = new UploadedFiles(100);
  for (const file of ['/d/a', '/d/b', '/da']) send(files, 'first', 1, { file });
  files.move('/d/a');
  expect(send(files, 'next', 1, { file: '/d/a' })).toBe(false);
  files.move('/d');
  expect(send(files, 'next', 1, { file: '/d/b' })).toBe(false);
  expect(send(files, 'next', 1, { file: '/da' })).toBe(true);
});

test('what is remembered is bounded, and who begins without end loses their own first', () => {
  const files = new UploadedFiles(100);
  expect(send(files, 'first', 1, { session: 'bob', file: '/of-bob' })).toBe(true);
  for (let count = 0; count < 100; count++) send(files, 'first', 1, { file: `/${count}` });
  expect(files.size).toBe(65);
  expect(send(files, 'next', 1, { file: '/0' })).toBe(false);
  for (let guest = 0; guest < 2000; guest++) {
    send(files, 'first', 1, { session: `guest ${guest}`, file: `/of ${guest}` });
  }
  expect(files.size).toBe(1000);
  files.forget('ada');
  expect(files.size).toBeLessThanOrEqual(1000);
  expect(send(files, 'next', 1, { file: '/99' })).toBe(false);
});
