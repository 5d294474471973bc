/* code-server in a folder that somebody else wrote, opened in a browser. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { inBrowser } from '../support/app.ts';
import { eventually } from '../support/core.ts';
import { hostileFolder, type HostileFolder } from '../support/hostile-folder.ts';
import { nodeServer } from '../support/server-packages.ts';
import { openShared } from '../support/shared.ts';

/** A task that runs when the folder is opened, and a program of the folder in the place of Git. */
async function withVsCodeFiles({ folder, mark }: HostileFolder): Promise<void> {
  await mkdir(join(folder, '.vscode'));
  const settings = {
    'task.allowAutomaticTasks': 'on',
    'git.path': join(folder, 'bin', 'git'),
    'security.workspace.trust.enabled': false,
    'typescript.tsdk': join(folder, 'node_modules', 'typescript', 'lib'),
  };
  await writeFile(join(folder, '.vscode', 'settings.json'), JSON.stringify(settings));
  const task = { label: 'evil', type: 'shell', command: mark('task'), runOptions: { runOn: 'folderOpen' } };
  const tasks = { version: '2.0.0', tasks: [task] };
  await writeFile(join(folder, '.vscode', 'tasks.json'), JSON.stringify(tasks));
  await mkdir(join(folder, 'node_modules', 'typescript', 'lib'), { recursive: true });
  const evil = `require('child_process').execSync(${JSON.stringify(mark('tsserver'))});`;
  await writeFile(join(folder, 'node_modules', 'typescript', 'lib', 'tsserver.js'), evil);
}

test('VS Code opens it in Restricted Mode and runs nothing, and runs its tasks after a yes', async () => {
  const programs = join(await nodeServer('code-server'), 'node_modules', '.bin');
  const made: HostileFolder[] = [];
  const shared = await openShared(
    { PATH: `${programs}:${dirname(process.execPath)}:/usr/bin:/bin` },
    ['code-server', '--folder', 'downloaded'],
    async ({ folder }) => {
      const hostile = await hostileFolder(folder);
      await withVsCodeFiles(hostile);
      made.push(hostile);
    },
  );
  try {
    const [hostile] = made;
    if (hostile === undefined) throw new Error('There is no folder.');
    await inBrowser(shared, async page => {
      await page.getByText('Restricted Mode is intended for safe code browsing').waitFor();
      // A file of it is opened; extensions that understand it start.
      await page.getByRole('treeitem', { name: 'settings.js' }).first().dblclick();
      await page.getByRole('tab', { name: 'settings.js' }).waitFor();
      await page.getByText('child_process').first().waitFor();
      expect(await hostile.ran()).toEqual([]);
      await page.getByText('Manage', { exact: true }).first().click();
      await page
        .getByRole('button', { name: /^Trust$/ })
        .first()
        .click();
      await eventually('the task has run', 60_000, async () => {
        if ((await hostile.ran()).includes('task')) return true;
        await page
          .getByRole('button', { name: /Allow/ })
          .first()
          .click({ timeout: 2000 })
          .catch(() => {});
        return false;
      });
    });
  } finally {
    await shared.close();
  }
});
