/* Node-RED as it comes, to be attacked; and what the tests give it to do. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import getPort from 'get-port';
import { eventually } from './core.ts';

/**
 * A flow with an address of its own, a function that runs code, a credential and a word in its debug
 * messages.
 */
export const flows = [
  { id: 'f1', type: 'tab', label: 'Pumps of the lab' },
  { id: 'in1', type: 'http in', z: 'f1', url: '/pump', method: 'get', wires: [['fn1']] },
  { id: 'in2', type: 'http in', z: 'f1', url: '/red/pump', method: 'get', wires: [['fn1']] },
  {
    id: 'fn1',
    type: 'function',
    z: 'f1',
    func: 'global.set("runs", (global.get("runs") || 0) + 1); msg.payload = "pumped " + global.get("runs"); return msg;',
    wires: [['out1']],
  },
  { id: 'out1', type: 'http response', z: 'f1', wires: [] },
];

/** The user's own settings, in the user's own folder. */
export const ownSettings = `module.exports = {
  flowFile: 'lab-flows.json',
  credentialSecret: 'the user chose this',
  httpStatic: __dirname + '/shown',
  adminAuth: { type: 'credentials', users: [{ username: 'admin', password: 'x', permissions: '*' }], default: { permissions: '*' } },
  uiHost: '0.0.0.0',
  uiPort: 1880,
  httpAdminCors: { origin: '*' },
};`;

export interface Bare {
  readonly port: number;
  readonly ended: Promise<unknown>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Node-RED as it comes, but that it is told to stay on loopback while we attack it. */
export async function bareNodeRed(nodeRed: string, path: string): Promise<Bare> {
  // Somebody else may be faster on a port that was free a moment ago.
  for (let attempt = 0; attempt < 3; attempt++) {
    const bare = await bareOn(await getPort({ host: '127.0.0.1' }), nodeRed, path);
    if (bare !== null) return bare;
  }
  throw new Error('Node-RED found no port to listen on.');
}

/** Null when it ended before it listened. */
async function bareOn(port: number, nodeRed: string, path: string): Promise<Bare | null> {
  const home = await mkdtemp(join(tmpdir(), 'bare-'));
  const options = ['--userDir', home, '-p', String(port), '-D', 'uiHost=127.0.0.1'];
  const child = spawn(nodeRed, options, {
    env: { PATH: path, HOME: home },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  const up = new Promise<boolean>(resolve => {
    createInterface({ input: child.stdout }).on('line', line => {
      if (line.includes('Started flows')) resolve(true);
    });
    void ended.then(() => resolve(false));
  });
  const end = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  if (!(await up)) {
    await end();
    return null;
  }
  await eventually('Node-RED answers', 60_000, async () => (await fetch(`http://127.0.0.1:${port}/`)).ok);
  return { port, ended, [Symbol.asyncDispose]: end };
}

/** Everything that a viewer's page does not need. */
export const refused: readonly (readonly [method: string, path: string])[] = [
  ['POST', '/flows'],
  ['POST', '/flow'],
  ['PUT', '/flow/f1'],
  ['DELETE', '/flow/f1'],
  ['POST', '/nodes'],
  ['POST', '/settings/user'],
  ['POST', '/inject/in1'],
  ['POST', '/debug/fn1/disable'],
  ['POST', '/auth/revoke'],
  ['POST', '/auth/token'],
  ['GET', '/settings/user/keys'],
  ['GET', '/credentials/mqtt-broker/f1'],
  ['GET', '/context/global'],
  ['GET', '/library/local/flows/'],
  ['GET', '/projects/lab/remotes'],
  ['GET', '/projects/lab/files'],
  ['DELETE', '/projects/lab'],
  ['GET', '/diagnostics'],
  ['GET', '/pump'],
  ['GET', '/plan.txt'],
  ['GET', '/FLOWS/../pump'],
  ['GET', '/red/%2e%2e/pump'],
  ['GET', '/red//pump'],
];
