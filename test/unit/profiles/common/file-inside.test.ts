import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileInside } from '../../../../src/main/core/profiles/common/file-inside.ts';
import { scratchFolder } from '../../../support/fake-environment.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => {
  scratch = await scratchFolder();
});
afterEach(() => scratch.remove());

test('a file in the folder is taken, however it is written', async () => {
  await mkdir(join(scratch.folder, 'sub'));
  await writeFile(join(scratch.folder, 'sub/x.ipynb'), '');
  expect(await fileInside(scratch.folder, 'sub/x.ipynb')).toBe('sub/x.ipynb');
  expect(await fileInside(scratch.folder, join(scratch.folder, 'sub/../sub/x.ipynb'))).toBe('sub/x.ipynb');
});

test.each(['../x', '..', '/etc/passwd', '.', 'sub/../../x'])('%s does not lie in the folder', async file => {
  await expect(fileInside(scratch.folder, file)).rejects.toMatchObject({
    code: 'file-outside',
    kind: 'usage',
  });
});

test('a file that is not there is not found', async () => {
  await expect(fileInside(scratch.folder, '..x.ipynb')).rejects.toMatchObject({
    code: 'no-such-file',
    kind: 'not-found',
  });
});
