import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readProfileFile } from '../../../src/main/cli/profile-file.ts';
import { startRequest } from '../../../src/main/cli/target.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'profile ü '));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(text: string): Promise<string> {
  const path = join(folder, 'server.json');
  await writeFile(path, text);
  return path;
}

test('what it says becomes part of the request; an option beats it', async () => {
  const profileFile = await file('{"base": "/app/", "readyPath": "/app/up", "readyText": "up"}');
  const custom = { base: '/app/', readyText: 'up' };
  const command = ['srv', '{port}'];
  expect(await startRequest(undefined, command, { profileFile }, folder)).toEqual({
    profile: 'custom',
    command,
    folder,
    readyPath: '/app/up',
    custom,
  });
  expect(await startRequest(undefined, command, { profileFile, readyPath: '/x' }, folder)).toMatchObject({
    readyPath: '/x',
    custom,
  });
});

test.each([
  ['{"base": "app"}', /server\.json" cannot be used: base: must be a path that begins with/],
  [
    '{"roles": {"viewer": {"requests": ["GET /x*"]}}}',
    /roles\.viewer\.requests\.0: must be a method and a path/,
  ],
  ['{"bas": 1}', /an entry that is not known: bas/],
  ['{', /it is not JSON/],
  ['[]', /cannot be used/],
])('%s is refused, with the file and the place', async (text, message) => {
  await expect(readProfileFile(await file(text))).rejects.toThrow(message);
  await expect(readProfileFile(await file(text))).rejects.toMatchObject({ exitCode: 2 });
});

test('a file that is not there is said to be not there', async () => {
  await expect(readProfileFile(join(folder, 'none.json'))).rejects.toMatchObject({ exitCode: 3 });
});

test('it is for a command of the user alone', async () => {
  const profileFile = await file('{}');
  await expect(startRequest('jupyter', [], { profileFile }, folder)).rejects.toMatchObject({ exitCode: 2 });
});
