/*
 * The attack: a server's worker dies, its parent lives on, and another account takes the port of the server.
 * The gateway must not send that account the credential of the server, a cookie, or any request of the owner
 * or of a guest.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { askByName, eventually, root, type Reply } from '../../support/core.ts';
import { openServer, type RealServer } from '../../support/real-share.ts';
import { opened } from '../../support/sockets.ts';

const servers: RealServer[] = [];
const strangers: ChildProcess[] = [];
afterEach(async () => {
  for (const child of strangers.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
});

interface Place {
  readonly port: number;
  readonly second: number | null;
  readonly worker: number;
}

/**
 * A custom server of a parent and a worker; the parent does not notice that its worker has gone until SIGUSR2
 * asks for another one.
 */
async function start({ secondPort = false } = {}): Promise<{
  server: RealServer;
  place: () => Promise<Place>;
}> {
  const fake = join(root, 'test', 'fakes', 'worker-server.mjs');
  const command = [process.execPath, fake, '{port}', 'place.json', ...(secondPort ? ['{port2}'] : [])];
  const described = secondPort ? ['--profile-file', 'two.json'] : [];
  const options = ['--credential', 'header:X-Server-Token', ...described, '--', ...command];
  const server = await openServer({}, options, async ({ folder }) => {
    await writeFile(join(folder, 'two.json'), JSON.stringify({ secondPort: { path: '/.two/live' } }));
  });
  servers.push(server);
  return {
    server,
    place: async () => JSON.parse(await readFile(join(server.home.folder, 'place.json'), 'utf8')) as Place,
  };
}

/** Takes a port as another account, answers every request, and keeps what it was sent. */
async function stranger(port: number): Promise<{ heard: () => string; leave: () => Promise<void> }> {
  const script = `
import socketserver, sys
class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        while True:
            data = self.request.recv(65536)
            if not data:
                return
            sys.stdout.write(repr(data) + "\\n"); sys.stdout.flush()
            self.request.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 6\\r\\n\\r\\nstolen")
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
server = Server(("127.0.0.1", ${port}), Handler)
print("listening", flush=True)
server.serve_forever()
`;
  const child = spawn('/usr/bin/python3', ['-c', script], { uid: 65534, gid: 65534, cwd: '/' });
  strangers.push(child);
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  let failed = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (failed += text));
  await eventually('the stranger listens', 20_000, async () => {
    if (child.exitCode !== null) throw new Error(failed);
    return said.startsWith('listening');
  });
  return {
    heard: () => said.replace('listening\n', ''),
    leave: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function ownersRequest(server: RealServer, path: string): Promise<Reply> {
  return askByName(new URL(path, server.url).href, {
    'X-Gatehouse-Token': server.token,
    Cookie: 'theirs=private',
    Accept: 'text/html',
  });
}

const canBeAnother = process.getuid?.() === 0 && process.platform === 'linux';

test.runIf(canBeAnother)(
  'a port that another account took is sent nothing, at both listeners, until the server has it back',
  async () => {
    const { server, place } = await start();
    const guest = await server.guest('full');
    expect((await ownersRequest(server, '/private')).body).toBe('ours /private');
    expect((await guest.ask('/private')).body).toContain('ours /private');

    const socket = new WebSocket(new URL('/ws', server.url.replace(/^http/, 'ws')), {
      headers: { 'X-Gatehouse-Token': server.token },
    });
    await once(socket, 'open');
    const ended = once(socket, 'close');

    const { port, worker } = await place();
    process.kill(worker, 'SIGKILL');
    await ended;
    const taken = await eventually('the port is free', 20_000, () => stranger(port));

    const owners = await ownersRequest(server, '/private');
    const guests = await guest.ask('/private');
    expect(taken.heard()).toBe('');
    expect([owners.status, guests.status]).toEqual([503, 503]);
    expect(owners.body).toContain(`Another program listens on port ${port}`);

    const refused = new WebSocket(new URL('/ws', server.url.replace(/^http/, 'ws')), {
      headers: { 'X-Gatehouse-Token': server.token },
    });
    const [error] = (await once(refused, 'error')) as [Error];
    expect(error.message).toContain('503');

    await eventually('the owner is told', 60_000, async () => {
      const [info] = await server.core.call('server.list');
      return info?.state === 'unhealthy' && info.reason.includes('Another program listens');
    });
    expect((await ownersRequest(server, '/again')).status).toBe(503);
    expect(taken.heard()).toBe('');

    await taken.leave();
    const pid = (await server.core.call('server.list'))[0]?.pid ?? 0;
    process.kill(pid, 'SIGUSR2');
    await eventually('the server is used again', 120_000, async () => {
      return (await ownersRequest(server, '/back')).body === 'ours /back';
    });
    expect((await guest.ask('/back')).body).toContain('ours /back');
  },
);

test.runIf(canBeAnother)(
  'a second port that another account took is sent nothing, and shuts the whole server',
  async () => {
    const { server, place } = await start({ secondPort: true });
    const guest = await server.guest('full');
    const live = (): WebSocket =>
      new WebSocket(new URL('/.two/live', server.url.replace(/^http/, 'ws')), {
        headers: { 'X-Gatehouse-Token': server.token, Cookie: 'theirs=private' },
      });
    const sockets = [live(), guest.socket('/.two/live')];
    const first = await Promise.all(sockets.map(socket => once(socket, 'message')));
    expect(first.map(([data]) => String(data))).toEqual(['ours', 'ours']);

    const { second, worker } = await place();
    const ended = Promise.all(sockets.map(socket => once(socket, 'close')));
    process.kill(worker, 'SIGUSR2');
    await ended;
    const taken = await eventually('the second port is free', 20_000, () => stranger(second ?? 0));

    const again = (): Promise<number[]> => Promise.all([live(), guest.socket('/.two/live')].map(opened));
    // One that finds out may be cut off (0) instead of being answered.
    expect(await again()).not.toContain(101);
    expect(taken.heard()).toBe('');

    // A page of the first port dials the second; so what is foreign in one closes both.
    await eventually('the owner is told', 60_000, async () => {
      const [info] = await server.core.call('server.list');
      return info?.state === 'unhealthy' && info.reason.includes(`Another program listens on port ${second}`);
    });
    const owners = await ownersRequest(server, '/private');
    expect([owners.status, (await guest.ask('/private')).status]).toEqual([503, 503]);
    expect(owners.body).toContain(`Another program listens on port ${second}`);
    expect(await again()).toEqual([503, 503]);
    expect(taken.heard()).toBe('');
  },
);
