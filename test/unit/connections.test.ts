/*
 * The attack: another account has taken the port of a server, and a new place in the code connects to it
 * without asking who is there. Only `connect-upstream.ts` opens connections on which something secret is sent
 * to a server; whatever else opens any is named here, with its reason.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const main = join(import.meta.dirname, '../../src/main');
const pages = join(import.meta.dirname, '../../src/pages');

/** Each file that can open a connection, what it does it with, and why it may. */
const allowed: readonly (readonly [file: string, by: string, reason: string])[] = [
  [
    'core/gateway/forward/connect-upstream.ts',
    'connect',
    'the only way to a server: hands a connection over when it is known who holds its other end',
  ],
  ['core/gateway/forward/upstream-route.ts', 'Pool', 'its connections are those of connect-upstream.ts'],
  ['core/gateway/websocket/websocket.ts', 'request', 'its connections are those of connect-upstream.ts'],
  [
    'core/profiles/common/ask.ts',
    'request',
    'asks a server for its proof, and to stop after one; forwards nothing of anybody',
  ],
  [
    'core/profiles/messagebus/prove.ts',
    'request',
    'listens for the greeting of a bus, once its port is proved; shows it nothing',
  ],
  ['core/server/preflight.ts', 'request', 'asks as a stranger, without any credential'],
  ['control/core-client.ts', 'connect', 'the control socket of our own core'],
  ['core/vault/keychain-process.ts', 'Socket', 'the pipe of our own child process'],
  ['core/gateway/listen/connection.ts', 'Socket', 'tells whether an object is one; opens none'],
  ['pages/banner.js', 'fetch', "a script of our own pages, in a guest's browser"],
  ['pages/join.js', 'fetch', "a script of our own pages, in a guest's browser"],
  ['pages/sign-in.js', 'fetch', 'a script of our own pages, in a browser'],
  ['pages/wait.js', 'fetch', 'a script of our own pages, in a browser'],
];

/** By module, what of it opens connections. All of a module where it is imported whole. */
const openers: Readonly<Record<string, RegExp>> = {
  'node:net': /^(?:connect|createConnection|Socket|Stream)$/,
  'node:tls': /^(?:connect|TLSSocket)$/,
  'node:http': /^(?:request|get|Agent|ClientRequest)$/,
  'node:https': /^(?:request|get|Agent)$/,
  'node:http2': /^connect$/,
  'node:dgram': /./,
  undici: /./,
  ws: /^(?:WebSocket|createWebSocketStream)$/,
};

const whole = 'the whole module';

/** What a file opens connections with. */
function openersIn(text: string): readonly string[] {
  const found: string[] = [];
  // One that imports for its types alone opens nothing.
  for (const [, what = '', module = ''] of text.matchAll(/^import (?!type )([^;]*?) from '([^']+)';/gm)) {
    const name = module.replace(/^(net|tls|https?|http2|dgram)$/, 'node:$1').replace(/^undici\/.*/, 'undici');
    const opens = openers[name];
    if (opens === undefined) continue;
    const [before = '', named = ''] = what.split('{');
    const outer = before.replace(/[,\s]+$/, '');
    if (outer !== '') found.push(name === 'undici' ? outer : whole);
    const names = named
      .replace('}', '')
      .split(',')
      .map(each => each.trim().split(' as ')[0] ?? '');
    found.push(...names.filter(each => each !== '' && !each.startsWith('type ') && opens.test(each)));
  }
  if (/(?:import\(|require\()\s*'(?:node:)?(?:net|tls|https?|http2|dgram|undici[^']*|ws)'/.test(text))
    found.push(whole);
  if (/\b(?:fetch|EventSource|WebSocket)\(/.test(text))
    found.push(/\b(fetch|EventSource|WebSocket)\(/.exec(text)?.[1] ?? '');
  if (/\bnet\.(?:request|fetch)\(/.test(text)) found.push('net of Electron');
  return [...new Set(found)];
}

test.each([
  ["import { connect, type Socket } from 'node:net';", ['connect']],
  ["import {\n  createServer,\n  connect as dial,\n} from 'node:tls';", ['connect']],
  ["import net from 'node:net';", [whole]],
  ["import * as http from 'http';", [whole]],
  ["import { request as ask } from 'node:https';", ['request']],
  ["import Client from 'undici/lib/dispatcher/client.js';", ['Client']],
  ["import { WebSocket } from 'ws';", ['WebSocket']],
  ["const net = await import('node:net');", [whole]],
  ["const { request } = require('http');", [whole]],
  ['const answer = await fetch(url);', ['fetch']],
  ["import { createServer, type Socket } from 'node:net';\nimport type { Pool } from 'undici';", []],
])('what opens connections is seen in %j', (text, found) => {
  expect(openersIn(text)).toEqual(found);
});

test('no file opens connections but those that are named, by what is named', async () => {
  const files = (await readdir(main, { recursive: true })).filter(
    name => /\.[cm]?ts$/.test(name) && !name.endsWith('.d.ts'),
  );
  expect(files.length).toBeGreaterThan(300);
  const found: string[] = [];
  for (const file of files) {
    for (const by of openersIn(await readFile(join(main, file), 'utf8'))) found.push(`${file}: ${by}`);
  }
  for (const file of (await readdir(pages)).filter(name => /\.[jt]s$/.test(name))) {
    for (const by of openersIn(await readFile(join(pages, file), 'utf8'))) found.push(`pages/${file}: ${by}`);
  }
  expect(found.toSorted()).toEqual(allowed.map(([file, by]) => `${file}: ${by}`).toSorted());
});

test.each(['core/gateway/forward/upstream-route.ts', 'core/gateway/websocket/websocket.ts'])(
  '%s takes its connections from connect-upstream.ts',
  async file => {
    const text = await readFile(join(main, file), 'utf8');
    expect(text).toMatch(/from '\.\.?\/(forward\/)?connect-upstream\.ts';/);
    expect(text).toMatch(/\bconnectUpstream\(/);
  },
);
