/*
 * Another account of this computer that takes a port which Gatehouse has let go, notes what it is told, and
 * answers with a page of its own.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const program = `
const { createServer } = require('node:http');
const [port, page] = process.argv.slice(1);
const answer = (request, response) => {
  process.stdout.write(JSON.stringify({ url: request.url, headers: request.headers }) + '\\n');
  const isScript = request.url.startsWith('/foreign-worker.js');
  response.writeHead(200, { 'Content-Type': isScript ? 'text/javascript' : 'text/html', 'Service-Worker-Allowed': '/' });
  response.end(isScript ? 'addEventListener("fetch", event => event.respondWith(new Response("from the foreign worker")));' : page);
};
const listen = (host, then) => createServer(answer)
  .on('error', error => { process.stderr.write(error.code + '\\n'); process.exit(1); })
  .listen({ port: Number(port), host, ipv6Only: true }, then);
listen('127.0.0.1', () => listen('::1', () => process.stdout.write('"listening"\\n')));
`;

/** What it serves: a page that names itself and plants a service worker for the whole origin. */
const page = `<!doctype html><title>foreign page</title><body>foreign page<script>
navigator.serviceWorker.register('/foreign-worker.js', { scope: '/' });
</script>`;

export interface ForeignRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ForeignListener extends AsyncDisposable {
  readonly seen: readonly ForeignRequest[];
}

/**
 * Tries until the port is free, within a bound: an attacker waits for the moment too. Needs to be root, to
 * become another account.
 */
export async function openForeignListener(port: number): Promise<ForeignListener> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const child = spawn(process.execPath, ['-e', program, String(port), page], {
      cwd: '/',
      env: {},
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}),
    });
    const seen: ForeignRequest[] = [];
    if (await listens(child, seen)) return { seen, [Symbol.asyncDispose]: () => end(child) };
    if (Date.now() > deadline) throw new Error(`Port ${port} did not become free.`);
  }
}

async function listens(child: ChildProcess, seen: ForeignRequest[]): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const said = JSON.parse(line) as string | ForeignRequest;
      if (typeof said === 'string') resolve(true);
      else seen.push(said);
    }
  });
  child.once('exit', () => resolve(false));
  return promise;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
