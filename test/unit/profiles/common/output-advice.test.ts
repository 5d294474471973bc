import { expect, test } from 'vitest';
import { adviseByOutput } from '../../../../src/main/core/profiles/common/output-advice.ts';

test.each<[string, number | null, RegExp]>([
  ['Error: listen EADDRINUSE: address already in use 127.0.0.1:80', 1, /took this port first/],
  ['OSError: [Errno 28] No space left on device', 1, /disk is full/],
  ['Error: listen EACCES: permission denied', 1, /lacks a right/],
  ["Error: Cannot find module 'express'", 1, /package of the command is missing/],
  ['error: unrecognized arguments: --prot', 2, /does not accept one of its options/],
  ['sh: 1: marimo: command not found', 127, /is not there/],
  ['bye', 0, /stay in the foreground/],
])('%s', (line, code, wanted) => {
  expect(adviseByOutput(['hello', line], code)).toMatch(wanted);
});

test('what is not known gets no advice', () => {
  expect(adviseByOutput(['Segmentation fault'], 139)).toBeNull();
});
