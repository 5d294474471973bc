/* Every setting of Jupyter is honoured, overridden or refused; and what was wrong with some of them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { jupyterCommand } from '../../../src/main/core/profiles/jupyter/command.ts';
import { applications } from '../../../src/main/core/profiles/jupyter/applications.ts';
import { listenersOn } from '../../../src/main/core/server/process/port-listeners.ts';
import { cleanUpAll, expectClosed, expectOurs, start } from '../../support/jupyter-run.ts';
import { jupyterTraits } from '../../support/jupyter-trait-list.ts';
import { testPython } from '../../support/jupyter.ts';
import { get, runCell, secretHeaders } from '../../support/kernel.ts';
import { makeRunContext } from '../../support/run-plan.ts';

afterEach(cleanUpAll);

test('every setting of the installed Jupyter is sorted, once', async () => {
  const found = await jupyterTraits(await testPython());
  expect(found.unsorted, 'sort these in gatehouse_traits.py').toEqual([]);
  expect(found.twice).toEqual([]);
  // That the lists are not empty: of each kind one that has been there always.
  expect(found.traits).toEqual(
    expect.arrayContaining(['ServerApp.websocket_url', 'LabApp.app_dir', 'KernelManager.autorestart']),
  );
  expect(found.tornado).toEqual(expect.arrayContaining(['headers', 'page_config_hook', 'xsrf_cookies']));
});

test('what is called overridden is on the command line, and nothing else', async () => {
  const context = await makeRunContext();
  try {
    const argv = [true, false].flatMap(canUseSockets =>
      jupyterCommand({
        python: '/env/bin/python',
        location: '/env',
        application: applications[0],
        shimFolder: '/shim',
        context: { ...context, canUseSockets, folderTrusted: false },
        asRoot: true,
      }),
    );
    const given = argv.flatMap(word => /^--(\w+\.\w+)=/.exec(word)?.[1] ?? []);
    const { overridden } = await jupyterTraits(await testPython());
    expect([...new Set(given)].toSorted()).toEqual(overridden);
  } finally {
    await context.remove();
  }
});

const pageConfig = z.record(z.string(), z.unknown());

/** What the page is told of the server. */
function configOf(page: string): Record<string, unknown> {
  const text = /<script id="jupyter-config-data" type="application\/json">([^]*?)<\/script>/.exec(page)?.[1];
  return pageConfig.parse(JSON.parse(text ?? ''));
}

const misleading = `
c = get_config()
c.ServerApp.local_hostnames = ["lab.example"]
c.ServerApp.websocket_url = "wss://evil.example"
c.NotebookApp.custom_display_url = "https://evil.example"
c.LabApp.override_static_url = c.LabApp.override_theme_url = "https://evil.example/static"
c.LabApp.settings = {"xsrf_cookies": False, "disable_check_xsrf": True, "allow_origin": "*"}
c.LabApp.static_url_prefix = "https://evil.example/static"
c.AsyncLargeFileManager.root_dir = c.FileContentsManager.root_dir = "/"
c.ContentsManager.preferred_dir = "not/there"
c.MappingKernelManager.root_dir = "/"
c.KernelManager.ip = "0.0.0.0"
c.Session.key = b""
c.ServerApp.trust_xheaders = c.ServerApp.autoreload = True
c.ServerApp.pylab = "inline"
c.ServerApp.tornado_settings = {
    "page_config_data": {"fullStaticUrl": "https://evil.example/static"},
    "local_hostnames": ["lab.example"],
    "websocket_url": "wss://evil.example",
    "page_config_hook": lambda handler, config: dict(config, fullStaticUrl="https://evil.example"),
    "trusted_origins": ["https://evil.example"],
    "headers": {"X-Of-The-User": "kept"},
}
`;

test('a configuration that leads the pages or the server elsewhere is named and does not', async () => {
  const { plan, context, running } = await start({
    config: misleading,
    fill: async ({ home }) => {
      await mkdir(join(home, '.jupyter', 'labconfig'), { recursive: true });
      await writeFile(
        join(home, '.jupyter', 'labconfig', 'page_config.json'),
        JSON.stringify({
          fullStaticUrl: 'https://evil.example',
          wsUrl: 'wss://evil.example',
          appName: 'Mine',
        }),
      );
      await writeFile(join(home, 'outside.txt'), 'outside');
    },
  });
  await expectOurs(running);
  await expectClosed(plan);
  const page = await get(plan, plan.landing, secretHeaders(plan));
  expect(page.status).toBe(200);
  expect(page.body).not.toContain('evil.example');
  expect(page.headers['x-of-the-user']).toBe('kept');
  expect(configOf(page.body)).toMatchObject({ baseUrl: '/', wsUrl: '', token: '', appName: 'Mine' });

  const listing = await get(plan, '/api/contents', secretHeaders(plan));
  expect(z.object({ content: z.array(z.unknown()) }).parse(JSON.parse(listing.body)).content).toEqual([]);
  const cell = `
import json, os, ipykernel
print(json.dumps([os.getcwd(), json.load(open(ipykernel.get_connection_file()))]))
`;
  const [folder, connection] = z
    .tuple([z.string(), z.object({ ip: z.string(), key: z.string(), shell_port: z.number() })])
    .parse(JSON.parse(await runCell(plan, cell)));
  expect(folder).toBe(context.folder);
  expect(connection).toMatchObject({ ip: '127.0.0.1', key: expect.stringMatching(/^.{32,}$/) });
  expect((await listenersOn(connection.shell_port, 'linux')).map(({ reach }) => reach)).toEqual(['loopback']);
  for (const name of [
    'websocket_url',
    'local_hostnames',
    'override_static_url',
    'root_dir',
    'fullStaticUrl',
  ]) {
    expect(running.output()).toMatch(new RegExp(`${name}\\b.* is not used: `));
  }
  expect(running.output()).not.toContain('lab.example');
});

const meddling = (settings: string): string => `
def _load_jupyter_server_extension(server):
    server.web_app.settings.update(${settings})
`;

/** A configuration that loads one extension from the home. */
const loading = (name: string): string => `
import os, sys
c = get_config()
sys.path.append(os.path.expanduser("~/extensions"))
c.ServerApp.jpserver_extensions = {"${name}": True}
c.FileContentsManager.preferred_dir = ""
`;

const putExtension = (name: string, text: string) => async (context: { home: string }) => {
  await mkdir(join(context.home, 'extensions'));
  await writeFile(join(context.home, 'extensions', `${name}.py`), text);
};

test.each([
  ['the pages dial elsewhere', '{"websocket_url": "wss://evil.example"}', 'unsafe', /\/lab .*\(wsUrl\)/],
  ['every browser is refused', '{"local_hostnames": ["lab.example"]}', 'not-yet', /\/lab with status 403/],
])('not ready where an extension has it so that %s', async (_name, settings, kind, detail) => {
  const { running } = await start({
    config: loading('meddling'),
    fill: putExtension('meddling', meddling(settings)),
  });
  await expect.poll(running.output, { timeout: 60_000 }).toContain('is running at');
  await expect
    .poll(() => running.proof(0), { timeout: 20_000 })
    .toMatchObject({ kind, detail: expect.stringMatching(detail) });
});

const ticking = `
from tornado.ioloop import PeriodicCallback
from jupyter_core.utils import run_sync

async def something():
    return 1

def _jupyter_server_extension_points():
    return [{"module": "ticking"}]

def _load_jupyter_server_extension(server):
    run_sync(something)()
    ticks = []
    def tick():
        ticks.append(1)
        if len(ticks) == 3: print("ticked three times", flush=True)
    server.ticking = PeriodicCallback(tick, 50)
    server.ticking.start()
`;

test.each(['JupyterLab', 'Jupyter Server'])("an extension's timer runs in %s", async title => {
  const { running } = await start({
    title,
    config: loading('ticking'),
    fill: putExtension('ticking', ticking),
  });
  await expectOurs(running);
  await expect.poll(running.output, { timeout: 20_000 }).toContain('ticked three times');
});
