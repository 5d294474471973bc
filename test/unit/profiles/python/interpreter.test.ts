import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, posix, win32 } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  interpreterNames,
  interpreterOf,
  isCondaEnvironment,
  pathsOf,
} from '../../../../src/main/core/profiles/python/interpreter.ts';
import { scratchFolder } from '../../../support/fake-environment.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => {
  scratch = await scratchFolder();
  await mkdir(join(scratch.folder, 'bin'));
});
afterEach(() => scratch.remove());

test('Windows has other paths and names', () => {
  expect(pathsOf('win32')).toBe(win32);
  expect(pathsOf('darwin')).toBe(posix);
  expect(interpreterNames('C:\\env', 'win32')).toEqual([
    'C:\\env\\Scripts\\python.exe',
    'C:\\env\\python.exe',
  ]);
});

test('python goes before python3, and a numbered one is found, the newest first', async () => {
  const bin = (name: string): string => join(scratch.folder, 'bin', name);
  expect(await interpreterOf(scratch.folder, 'linux')).toBeNull();
  await writeFile(bin('python3.9'), '');
  await writeFile(bin('python3.12'), '');
  await writeFile(bin('python3.12-config'), '');
  expect(await interpreterOf(scratch.folder, 'linux')).toBe(bin('python3.12'));
  await writeFile(bin('python3'), '');
  expect(await interpreterOf(scratch.folder, 'linux')).toBe(bin('python3'));
  await symlink('/nowhere/python', bin('python'));
  expect(await interpreterOf(scratch.folder, 'linux')).toBe(bin('python3'));
});

test('conda leaves a folder that tells', async () => {
  expect(await isCondaEnvironment(scratch.folder, 'linux')).toBe(false);
  await mkdir(join(scratch.folder, 'conda-meta'));
  expect(await isCondaEnvironment(scratch.folder, 'linux')).toBe(true);
});
