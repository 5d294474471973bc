/* Kinds that run a Python program, and those that run nothing, in a folder that somebody else wrote. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { inBrowser } from '../support/app.ts';
import { makeHome, serve, toolUrl } from '../support/core.ts';
import { hostileFolder, type HostileFolder } from '../support/hostile-folder.ts';
import { pythonServer } from '../support/server-packages.ts';
import { openShared, type Shared } from '../support/shared.ts';

interface Opened {
  readonly shared: Shared;
  readonly hostile: HostileFolder;
}

/**
 * @param namesakes whether every module of the environment has one in the folder @param program of the file
 *   that is named
 */
async function open(
  kind: string,
  namesakes: boolean,
  program: ((mark: string) => string) | null,
  use: (opened: Opened) => Promise<void>,
): Promise<void> {
  const python = await pythonServer(kind);
  const made: HostileFolder[] = [];
  const shared = await openShared(
    { PATH: `${dirname(python)}:/usr/bin:/bin` },
    [kind, ...(program === null ? [] : ['downloaded/named.py']), '--folder', 'downloaded'],
    async ({ folder }) => {
      const hostile = await hostileFolder(folder, namesakes ? python : undefined);
      if (program !== null) await writeFile(join(hostile.folder, 'named.py'), program(hostile.mark('named')));
      made.push(hostile);
    },
  );
  try {
    const [hostile] = made;
    if (hostile === undefined) throw new Error('There is no folder.');
    await use({ shared, hostile });
  } finally {
    await shared.close();
  }
}

const runs = (mark: string): string =>
  `import subprocess\nsubprocess.run(${JSON.stringify(mark)}, shell=True)\n`;

test('TensorBoard runs nothing of the folder that it shows', async () => {
  await open('tensorboard', true, null, async ({ shared, hostile }) => {
    await inBrowser(shared, page => page.getByText('No dashboards are active').waitFor());
    expect(await hostile.ran()).toEqual([]);
  });
});

test('the message bus runs nothing of the folder', async () => {
  await open('messagebus', true, null, async ({ hostile }) => {
    expect(await hostile.ran()).toEqual([]);
  });
});

test('Streamlit runs the file that is named, and no other of its folder', async () => {
  const program = (mark: string): string => `${runs(mark)}import streamlit as st\nst.write("it has run")\n`;
  await open('streamlit', false, program, async ({ shared, hostile }) => {
    await inBrowser(shared, page => page.getByText('it has run').waitFor());
    expect(await hostile.ran()).toEqual(['named']);
  });
});

test('Shiny runs the file that is named, and no other of its folder', async () => {
  const program = (mark: string): string =>
    `${runs(mark)}from shiny import App, ui\napp = App(ui.page_fluid("it has run"), None)\n`;
  await open('shiny', false, program, async ({ shared, hostile }) => {
    await inBrowser(shared, page => page.getByText('it has run').waitFor());
    expect(await hostile.ran()).toEqual(['named']);
  });
});

test('Gradio runs the file that is named, and no other of its folder', async () => {
  const program = (mark: string): string =>
    `${runs(mark)}import gradio\nwith gradio.Blocks() as page:\n    gradio.Markdown("it has run")\npage.launch()\n`;
  await open('gradio', false, program, async ({ shared, hostile }) => {
    await inBrowser(shared, page => page.getByText('it has run').waitFor());
    expect(await hostile.ran()).toEqual(['named']);
  });
});

test('Flask runs the file that is named, and no other of its folder', async () => {
  const program = (mark: string): string =>
    `${runs(mark)}from flask import Flask\napp = Flask(__name__)\napp.route("/")(lambda: "it has run")\n`;
  await open('flask', false, program, async ({ shared, hostile }) => {
    const headers = { authorization: `Bearer ${await shared.served.token()}` };
    const answer = await fetch(new URL('/', toolUrl(shared.served.server)), { headers });
    expect([await answer.text(), await hostile.ran()]).toEqual(['it has run', ['named']]);
  });
});

test('Flask does not look for a program in the folder, and says how to let it', async () => {
  await using home = await makeHome({ PATH: `${dirname(await pythonServer('flask'))}:/usr/bin:/bin` });
  const hostile = await hostileFolder(home.folder);
  const started = serve(home, 'flask', '--folder', 'downloaded', '--secrets', 'memory');
  await expect(started).rejects.toThrow(/which you have not trusted.*gatehouse trust/s);
  expect(await hostile.ran()).toEqual([]);
});
