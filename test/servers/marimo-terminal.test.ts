/*
 * The vulnerable marimo, as PyPI still has it: it is not started as marimo; put behind the door as a custom
 * command, its terminal is out of reach.
 */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { eventually, makeHome } from '../support/core.ts';
import { notebook } from '../support/marimo.ts';
import { processesOf } from '../support/processes.ts';
import { openServer, type RealServer } from '../support/real-share.ts';
import { pythonServer } from '../support/server-packages.ts';
import { heardBy, opened } from '../support/sockets.ts';

const evil = { origin: 'https://evil.example' };
let python: string;
let server: RealServer;
let port: string;

beforeAll(async () => {
  python = await pythonServer('marimo-0.22');
  const edit = [python, '-m', 'marimo', '-q', 'edit', 'app.py', '--headless', '--skip-update-check'];
  const context = ['--host', '127.0.0.1', '--port', '{port}'];
  const token = ['--token', '--token-password-file', '{secretFile}'];
  const command = [...edit, ...context, ...token];
  const ready = ['--ready-path', '/health', '--credential', 'bearer'];
  server = await openServer({}, [...ready, '--', ...command], async ({ folder }) => {
    await writeFile(join(folder, 'app.py'), notebook);
  });
  const words = (await processesOf(server.home.folder)).map(({ argv }) => argv.split('\0'));
  const own = words.find(argv => argv.includes('--port') && argv[0] === python) ?? [];
  port = own[own.indexOf('--port') + 1] ?? '';
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

/** Opens the terminal and runs a command in it. */
async function answerOf(socket: WebSocket): Promise<string> {
  expect(await opened(socket)).toBe(101);
  const heard = heardBy(socket);
  socket.send('echo $((6*7))-taken\n');
  await eventually('the terminal answers', 30_000, async () => heard().includes('42-taken'));
  socket.close();
  return heard();
}

test('CVE-2026-39987: directly, any page opens a terminal without a credential', async () => {
  expect(await answerOf(new WebSocket(`ws://127.0.0.1:${port}/terminal/ws`, evil))).toContain('42-taken');
});

test('CVE-2026-39987: through the door nobody does without a credential, and the owner does with one', async () => {
  const url = `${server.url.replace('http', 'ws')}terminal/ws`;
  expect(await opened(new WebSocket(url))).toBe(401);
  expect(await opened(new WebSocket(url, evil))).toBe(401);
  expect(await opened(new WebSocket(`${url}?access_token=x`))).toBe(401);
  const headers = { authorization: `Bearer ${server.token}` };
  expect(await answerOf(new WebSocket(url, { headers }))).toContain('42-taken');
});

test('CVE-2026-39987: as marimo, this version is listed with the reason and is not started', async () => {
  await using home = await makeHome({ PATH: `${dirname(python)}:/usr/bin:/bin` });
  const found = await home.json<{ profile: string; version: string; problem: string | null }[]>('profiles');
  expect(found.find(({ profile }) => profile === 'marimo')).toMatchObject({
    version: '0.22.5',
    problem: expect.stringContaining('CVE-2026-39987'),
  });
  const { code, err } = await home.cli('serve', 'marimo');
  expect(code).not.toBe(0);
  expect(err).toContain('CVE-2026-39987');
});
