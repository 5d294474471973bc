/*
 * `gatehouse open` with a default browser in a snap, which may not read the private folder: no secret and no
 * name is on its command line, and a real browser gets in by what is.
 */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../../support/browser.ts';
import { eventually, makeHome, type TestHome } from '../../support/core.ts';
import type { ServerInfo } from '../../../src/shared/model.ts';

const server = `require('node:http').createServer((_request, response) => {
  response.setHeader('Content-Type', 'text/html');
  response.end('<h1>served</h1>');
}).listen(process.argv[1], '127.0.0.1')`;

let bin: string;
let home: TestHome;
let started: ServerInfo;

beforeAll(async () => {
  bin = await mkdtemp(join(tmpdir(), 'opener-'));
  await script('xdg-settings', 'echo "$GATEHOUSE_TEST_ENTRY"');
  await script(
    'xdg-open',
    `printf '%s' "$1" > "${join(bin, 'opened.part')}" && mv "${join(bin, 'opened.part')}" "${join(bin, 'opened')}"`,
  );
  home = await makeHome({ DISPLAY: ':1' });
  home.environment['PATH'] = `${bin}:${home.environment['PATH']}`;
  const applications = join(home.folder, '.local', 'share', 'applications');
  await mkdir(applications, { recursive: true });
  await writeFile(
    join(applications, 'firefox_firefox.desktop'),
    '[Desktop Entry]\nExec=/snap/bin/firefox %u\n',
  );
  await writeFile(join(applications, 'usual.desktop'), '[Desktop Entry]\nExec=/usr/bin/firefox %u\n');
  const said = await home.cli('start', '--name', 'web', '--', process.execPath, '-e', server, '{port}');
  if (said.code !== 0) throw new Error(said.err);
  const servers = await home.json<ServerInfo[]>('list');
  started = servers[0]!;
}, 180_000);
afterAll(async () => {
  await home?.[Symbol.asyncDispose]();
  await rm(bin, { recursive: true, force: true });
});

async function script(name: string, text: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`);
  await chmod(join(bin, name), 0o755);
}

/** What the browser would be given, and what the command said. */
async function openWith(entry: string): Promise<{ readonly given: string; readonly said: string }> {
  await rm(join(bin, 'opened'), { force: true });
  home.environment['GATEHOUSE_TEST_ENTRY'] = entry;
  const { code, out, err } = await home.cli('open', 'web');
  expect([code, out]).toEqual([0, expect.stringContaining('Opened')]);
  const given = await eventually('a browser is opened', 20_000, () => readFile(join(bin, 'opened'), 'utf8'));
  return { given, said: err };
}

test('a browser in a snap is given an address that works once, and nothing else that is a secret', async () => {
  const { given, said } = await openWith('firefox_firefox.desktop');
  expect(given).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/);
  expect(new URL(given).port).not.toBe(new URL(started.url ?? '').port);
  expect(said).toContain('firefox_firefox.desktop) is a snap');
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(given);
    await page.getByRole('heading', { name: 'served' }).waitFor();
    expect(new URL(page.url()).host).toBe(new URL(started.url ?? '').host);
  } finally {
    await browser.close();
  }
});

test('another browser is given a private file, as before', async () => {
  const { given, said } = await openWith('usual.desktop');
  expect(given).toMatch(/^file:\/\/.*\/open-[0-9a-f]{16}\.html$/);
  expect(said).not.toContain('snap');
});
