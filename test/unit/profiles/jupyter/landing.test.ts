import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { applications } from '../../../../src/main/core/profiles/jupyter/applications.ts';
import { fileInside, landingOf } from '../../../../src/main/core/profiles/jupyter/landing.ts';
import { scratchFolder } from '../../../support/fake-environment.ts';

const [lab, notebook, server] = applications;
let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => {
  scratch = await scratchFolder();
});
afterEach(() => scratch.remove());

test('each application has its own first page', () => {
  expect([lab, notebook, server].map(one => landingOf(one, null))).toEqual(['/lab', '/tree', '/']);
  expect(landingOf(lab, 'a b/Zoë #1?.ipynb')).toBe('/lab/tree/a%20b/Zo%C3%AB%20%231%3F.ipynb');
  expect(landingOf(lab, './a//b.py')).toBe('/lab/tree/a/b.py');
  expect(landingOf(notebook, 'x.IPYNB')).toBe('/notebooks/x.IPYNB');
  expect(landingOf(notebook, 'x.py')).toBe('/edit/x.py');
  expect(landingOf(server, 'x.py')).toBe('/files/x.py');
});

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
    code: 'file-missing',
    kind: 'not-found',
  });
});
