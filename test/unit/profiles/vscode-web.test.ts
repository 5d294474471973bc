import { afterEach, beforeEach, expect, test } from 'vitest';
import { kind } from '../../../src/main/core/profiles/vscode-web.ts';
import { scratchFolder } from '../../support/fake-environment.ts';
import { foundIn, installProgram, planIn, profileIn, runSecret } from '../../support/profile-plan.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => {
  scratch = await scratchFolder();
});
afterEach(() => scratch.remove());

test.each([
  ['code', '1.105.2\\nabcdef\\nx64', '1.105.2'],
  ['code-insiders', 'code 1.106.0 (commit abcdef)', '1.106.0'],
])('%s is found, whichever way it says its version', async (name, prints, version) => {
  await installProgram(scratch.folder, name, prints);
  expect(await foundIn(kind, scratch.folder)).toMatchObject([{ version, problem: null }]);
});

test('a socket in the private folder, and no licence accepted in the name of its owner', async () => {
  await installProgram(scratch.folder, 'code', '1.105.2');
  const made = await planIn(kind, scratch.folder);
  const { folder } = scratch;
  expect(made.argv).toEqual([
    `${folder}/code`,
    'serve-web',
    '--socket-path',
    `${folder}/server.sock`,
    '--without-connection-token',
  ]);
  expect(made.argv.join(' ')).not.toMatch(new RegExp(`license|${runSecret}`));
  expect(made.environment).toEqual({});
  expect(made.upstream).toMatchObject({ address: { kind: 'socket', path: `${folder}/server.sock` } });
  expect(made.landing).toBe(`/?folder=${encodeURIComponent(`${folder}/thesis & more`)}`);
});

test('who has not accepted the licence is told where to read it', async () => {
  await installProgram(scratch.folder, 'code', '1.105.2');
  const { advise } = await planIn(kind, scratch.folder);
  const line = 'error: please run the command interactively to accept the license terms';
  expect(advise([line], 1)).toMatch(/run `code serve-web` once in a terminal/);
  expect(advise(['EADDRINUSE'], 1)).toMatch(/Another program/);
});

test('full alone, with a word on the licence for the owner who shares it', async () => {
  const { sharing } = profileIn(kind, scratch.folder);
  expect(sharing.rules.roles).toEqual(['full']);
  const [offer] = await sharing.offers(null, AbortSignal.timeout(1000));
  expect(offer?.note).toMatch(/licence/);
});
