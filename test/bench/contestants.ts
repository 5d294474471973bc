/**
 * Everything that is measured side by side: the server itself, Gatehouse as it ships in each of its ways, and
 * other proxies before the same server.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { ServerInfo } from '../../src/shared/model.ts';
import { serve, type Served, type TestHome, toolUrl } from '../support/core.ts';
import { ask, type Headers, signIn, untilAnswered } from './asking.ts';
import { freePort, type Running, start } from './processes.ts';

export interface Contestant {
  readonly name: string;
  /** On 127.0.0.1. */
  readonly port: number;
  /** What its requests carry; a credential among them. */
  readonly headers: Headers;
  readonly pid: number;
}

/** A way of Gatehouse, and where the same server is reached without it. */
export interface Way extends Contestant {
  /** A port of 127.0.0.1, or the path of a Unix socket. */
  readonly behind: number | string;
}

export interface Field {
  readonly direct: Contestant;
  readonly gatehouse: readonly Way[];
  readonly others: readonly Contestant[];
  readonly core: Served;
  [Symbol.asyncDispose](): Promise<void>;
}

const upstream = fileURLToPath(import.meta.resolve('./upstream.ts'));
const httpxyProxy = fileURLToPath(import.meta.resolve('./httpxy-proxy.ts'));
const chp = fileURLToPath(import.meta.resolve('configurable-http-proxy/bin/configurable-http-proxy'));

/** Starts all of them; every one has answered once. `nginx` is left out where it is not installed. */
export async function openField(home: TestHome, withNginx: boolean): Promise<Field> {
  const started: Running[] = [];
  // The gateway's own server behind, once on a port and once on a Unix socket; the others use the one on the
  // port.
  const core = await serve(
    home,
    '--secrets',
    'memory',
    '--name',
    'port',
    '--',
    process.execPath,
    upstream,
    '{port}',
  );
  const end = async (): Promise<void> => {
    await Promise.all(started.map(running => running.end()));
    core.child.kill('SIGTERM');
    await core.ended;
  };
  try {
    const gatehouse = await gatehouseWays(home, core);
    const behind = Number(await addressOf(core.server));
    const direct = {
      name: 'direct',
      port: behind,
      headers: { Host: 'localhost' },
      pid: core.server.pid ?? 0,
    };
    const others = [
      await openChp(behind, started),
      await openHttpxy(behind, started),
      ...(withNginx ? await openNginx(home.folder, behind, started) : []),
    ];
    for (const { port, headers, name } of [direct, ...gatehouse, ...others]) {
      const { bytes } = await untilAnswered(`http://127.0.0.1:${port}/small`, headers, 10_000, () =>
        started.map(running => running.said()).join(''),
      );
      if (bytes !== 35) throw new Error(`${name} answered ${bytes} bytes`);
    }
    return { direct, gatehouse, others, core, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Signed in by cookie and by header, before a server on a port and one on a Unix socket. */
async function gatehouseWays(home: TestHome, core: Served): Promise<readonly Way[]> {
  const client = await home.client();
  try {
    const onSocket = await client.call('server.start', {
      profile: 'custom',
      name: 'socket',
      folder: home.folder,
      command: [process.execPath, upstream, '{socket}'],
    });
    const ways: Way[] = [];
    for (const server of [core.server, onSocket]) {
      const url = new URL(toolUrl(server));
      const behind = await addressOf(server);
      const shared = { port: Number(url.port), pid: core.child.pid ?? 0, behind };
      const link = await client.call('server.link', server.id, { tool: false });
      const token = await client.call('server.token', server.id);
      ways.push({ ...shared, name: `Gatehouse, cookie, ${server.name}`, headers: await signIn(link.url) });
      ways.push({
        ...shared,
        name: `Gatehouse, header, ${server.name}`,
        headers: { Host: url.host, Authorization: `Bearer ${token}` },
      });
      const refused = await ask(`http://${url.host}/small`);
      if (refused.status !== 401) throw new Error(`Without a credential the answer was ${refused.status}`);
    }
    return ways;
  } finally {
    client.close();
  }
}

/** Where the server was told to listen: the word after its program in its command line. */
async function addressOf(server: ServerInfo): Promise<number | string> {
  const words = (await readFile(`/proc/${server.pid}/cmdline`, 'utf8')).split('\0');
  const word = words[words.indexOf(upstream) + 1] ?? '';
  return word.startsWith('/') ? word : Number(word);
}

async function openChp(behind: number, started: Running[]): Promise<Contestant> {
  const [port, api] = [await freePort(), await freePort()];
  const args = [
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--api-ip',
    '127.0.0.1',
    '--api-port',
    String(api),
  ];
  const running = start(process.execPath, [
    chp,
    ...args,
    '--default-target',
    `http://127.0.0.1:${behind}`,
    '--log-level',
    'error',
  ]);
  started.push(running);
  return { name: 'configurable-http-proxy', port, headers: { Host: 'localhost' }, pid: running.pid };
}

async function openHttpxy(behind: number, started: Running[]): Promise<Contestant> {
  const port = await freePort();
  const running = start(process.execPath, [httpxyProxy, String(port), String(behind)]);
  started.push(running);
  return { name: 'httpxy', port, headers: { Host: 'localhost' }, pid: running.pid };
}

/** One process, no master; passing answers on as they come, and with the buffers that it has by default. */
async function openNginx(folder: string, behind: number, started: Running[]): Promise<readonly Contestant[]> {
  const [streaming, buffering] = [await freePort(), await freePort()];
  const file = join(folder, 'nginx.conf');
  const location = `location / { proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection "";
    proxy_set_header Host localhost; proxy_set_header X-Forwarded-For $remote_addr; }`;
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    name => `${name}_temp_path "${join(folder, 'nginx-temporary')}";`,
  );
  const text = `daemon off; master_process off; worker_processes 1; error_log stderr error; pid "${join(folder, 'nginx.pid')}";
events { worker_connections 256; }
http {
  access_log off; keepalive_requests 10000000; ${places.join(' ')}
  upstream behind { server 127.0.0.1:${behind}; keepalive 64; keepalive_requests 10000000; }
  server { listen 127.0.0.1:${streaming}; proxy_buffering off; ${location} }
  server { listen 127.0.0.1:${buffering}; ${location} }
}
`;
  await writeFile(file, text);
  const running = start('nginx', ['-c', file, '-e', 'stderr']);
  started.push(running);
  const shared = { headers: { Host: 'localhost' }, pid: running.pid };
  return [
    { ...shared, name: 'nginx, streaming', port: streaming },
    { ...shared, name: 'nginx, buffering', port: buffering },
  ];
}
