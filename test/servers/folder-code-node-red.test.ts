/* Node-RED in a folder that somebody else wrote. */
import { dirname, join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { inBrowser } from '../support/app.ts';
import { eventually, toolUrl } from '../support/core.ts';
import { hostileFolder, type HostileFolder } from '../support/hostile-folder.ts';
import { nodeServer } from '../support/server-packages.ts';
import { openShared, type Shared } from '../support/shared.ts';

async function open(...file: string[]): Promise<{ shared: Shared; hostile: HostileFolder }> {
  const programs = join(await nodeServer('node-red'), 'node_modules', '.bin');
  let hostile: HostileFolder | undefined;
  const shared = await openShared(
    { PATH: `${programs}:${dirname(process.execPath)}:/usr/bin:/bin` },
    ['node-red', ...file, '--folder', 'downloaded'],
    async ({ folder }) => {
      hostile = await hostileFolder(folder);
    },
  );
  if (hostile === undefined) throw new Error('no folder');
  return { shared, hostile };
}

/** Waits until the runtime has loaded its flows, which starts those that are to start. */
async function flowsOf(shared: Shared): Promise<{ body: string; state: string }> {
  const headers = { authorization: `Bearer ${await shared.served.token()}`, 'Node-RED-API-Version': 'v2' };
  const ask = async (path: string): Promise<string> =>
    (await fetch(new URL(path, toolUrl(shared.served.server)), { headers })).text();
  const logged = await eventually('it has decided about its flows', 60_000, async () => {
    const lines = (await shared.core.call('server.logs', shared.served.server.id, { lines: 500 }))
      .map(({ text }) => text)
      .join('\n');
    return /Started flows|safe mode/i.exec(lines)?.[0];
  });
  return { body: await ask('/flows'), state: logged.toLowerCase() };
}

test('a flows.json that lies in the folder is not taken for the flows of the user', async () => {
  const { shared, hostile } = await open();
  try {
    const { body, state } = await flowsOf(shared);
    await inBrowser(shared, page => page.getByText('Deploy').first().waitFor());
    // A flow that is to run at its start has run by now, as the same one does below.
    expect([body.includes('from elsewhere'), state, await hostile.ran()]).toEqual([
      false,
      'started flows',
      [],
    ]);
  } finally {
    await shared.close();
  }
});

test('a flow file that is named is shown, and runs when its owner deploys it', async () => {
  const { shared, hostile } = await open('downloaded/named.json');
  try {
    const { body, state } = await flowsOf(shared);
    await inBrowser(shared, async page => {
      await page.getByText('from elsewhere').first().waitFor();
    });
    expect([body.includes('from elsewhere'), state, await hostile.ran()]).toEqual([true, 'safe mode', []]);
    const headers = {
      authorization: `Bearer ${await shared.served.token()}`,
      'content-type': 'application/json',
    };
    const flows = await readFile(join(hostile.folder, 'named.json'), 'utf8');
    const deployed = await fetch(new URL('/flows', toolUrl(shared.served.server)), {
      method: 'POST',
      headers,
      body: flows,
    });
    expect(deployed.status).toBe(204);
    await eventually('the flow has run', 30_000, async () => (await hostile.ran()).includes('named.json'));
  } finally {
    await shared.close();
  }
});
