/* A real core with the message bus of OVOS behind it, an assistant on it, and links for its clients. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import getPort from 'get-port';
import { WebSocket } from 'ws';
import type { CoreClient } from '../../src/main/control/core-client.ts';
import type { LaunchPlan } from '../../src/main/core/ports.ts';
import { kind } from '../../src/main/core/profiles/messagebus.ts';
import type { Role } from '../../src/shared/model.ts';
import type { NewShareLink } from '../../src/shared/share-model.ts';
import { BusClient, writeBusConfiguration, type BusPlace } from './bus.ts';
import { makeHome, serve, type Served, type TestHome } from './core.ts';
import { startOvos, type Ovos } from './ovos.ts';
import { makeRunContext } from './run-plan.ts';
import { pythonServer } from './server-packages.ts';

interface UpgradeAsked {
  readonly headers?: Record<string, string>;
  readonly protocols?: string[];
}

export interface BusRoom {
  readonly python: string;
  readonly home: TestHome;
  readonly served: Served;
  readonly core: CoreClient;
  /** File with the local authority in PEM. */
  readonly authority: string;
  /** OVOS itself, on the owner's side of the door. */
  readonly ovos: Ovos;
  /** A client of the owner's, who hears and says everything. */
  readonly owner: BusClient;
  /** Port that the user's configuration names, on 0.0.0.0. */
  readonly configured: number;
  client(context: BusPlace, environment?: Record<string, string>): BusClient;
  share(role: Role, label: string, more?: object): Promise<NewShareLink>;
  /** As OVOS's own client comes in: it can only be told a host, a port and a route. */
  guest(link: NewShareLink, trust: 'SSL_CERT_FILE' | 'WEBSOCKET_CLIENT_CA_BUNDLE'): Promise<BusClient>;
  /** What the audit log says of a link's guests. */
  refusals(link: NewShareLink): Promise<string[]>;
  /** What an upgrade is answered with, at the owner's door or at the one of a link; 101 is closed again. */
  statusOf(door: string, path: string, asked?: UpgradeAsked): Promise<number>;
  /**
   * A plan for a computer without Unix sockets, and a configuration that wants the whole network on the same
   * port.
   */
  onPort(): Promise<{ plan: LaunchPlan; context: Awaited<ReturnType<typeof makeRunContext>> }>;
  close(): Promise<void>;
}

export async function openBusRoom(): Promise<BusRoom> {
  const python = await pythonServer('messagebus');
  const home = await makeHome({ PATH: `${dirname(python)}:/usr/bin:/bin` });
  const configured = await getPort();
  const elsewhere = { host: '0.0.0.0', port: configured, route: '/elsewhere' };
  await writeBusConfiguration(home.folder, { ...elsewhere, max_msg_size: 1 });
  const served = await serve(home, 'messagebus', '--secrets', 'memory');
  const core = await home.client();
  const authority = join(home.folder, 'authority.pem');
  const { pem } = await core.call('authority.info');
  await writeFile(authority, pem);
  const clients: BusClient[] = [];
  const client = (context: BusPlace, environment: Record<string, string> = {}): BusClient => {
    const made = new BusClient(python, home.folder, context, environment);
    clients.push(made);
    return made;
  };
  const port = Number(new URL(served.server.url ?? '').port);
  const route = `/core/${await served.token()}`;
  const owner = await client({ host: '127.0.0.1', port, route, ssl: false }).open();
  const ovos = await startOvos({ host: '127.0.0.1', port, route });
  return {
    python,
    home,
    served,
    core,
    authority,
    owner,
    ovos,
    configured,
    client,
    share: (role, label, more = {}) => {
      const asked = { server: served.server.id, role, label, expiresSeconds: 3600, listen: '127.0.0.1' };
      return core.call('share.create', {
        ...asked,
        uses: null,
        approval: false,
        acknowledged: true,
        ...more,
      });
    },
    guest: (link, trust) => {
      const context = { host: '127.0.0.1', port: Number(new URL(link.url).port), ssl: true };
      return client({ ...context, route: `/core/${link.toolToken}` }, { [trust]: authority }).open();
    },
    async refusals(link) {
      const lines = await core.call('audit.read', { lines: 1000 });
      return lines
        .filter(line => line['event'] === 'role-limit' && line['link'] === link.id)
        .map(line => String(line['what']));
    },
    statusOf: (door, path, asked = {}) => statusOf(new URL(path, door), asked, pem),
    onPort: () => planOnPort(home.environment),
    async close() {
      await Promise.all([ovos.stop(), ...clients.map(one => one.end())]);
      core.close();
      served.child.kill('SIGTERM');
      await served.ended;
      await home[Symbol.asyncDispose]();
    },
  };
}

function statusOf(url: URL, { headers = {}, protocols = [] }: UpgradeAsked, ca: string): Promise<number> {
  return new Promise(done => {
    const socket = new WebSocket(url.href.replace('http', 'ws'), protocols, { headers, ca });
    socket.once('upgrade', () => done(101));
    socket.on('error', () => {});
    socket.once('open', () => {
      socket.close();
      done(101);
    });
    socket.once('unexpected-response', (_asked, answer) => done(answer.statusCode ?? 0));
  });
}

async function planOnPort(
  environment: Record<string, string>,
): Promise<{ plan: LaunchPlan; context: Awaited<ReturnType<typeof makeRunContext>> }> {
  const context = await makeRunContext({ sockets: false });
  const profile = kind.create({
    environment,
    home: context.home,
    dataFolder: context.home,
    platform: process.platform,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    readySeconds: () => null,
  });
  await writeBusConfiguration(context.home, { host: '0.0.0.0', port: context.port, route: '/core' });
  return { plan: await profile.plan({ profile: 'messagebus' }, null, context), context };
}
