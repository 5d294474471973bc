/*
 * A guests' door before a server that records what it executed, with links and sessions of a real ledger in
 * memory.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { defaultShareLimits, openShareGateway } from '../../src/main/core/gateway/guest/guest-gateway.ts';
import type { ShareLimits } from '../../src/main/core/gateway/guest/guest-gateway-state.ts';
import type { RoleRules } from '../../src/main/core/role-ports.ts';
import { Secret } from '../../src/main/core/secret.ts';
import type { GuestEvent, ShareGateway } from '../../src/main/core/share-ports.ts';
import type { JoinRequestTable } from '../../src/main/core/share/ledger/join-requests.ts';
import { makeGuestAccess } from '../../src/main/core/share/guest-access.ts';
import { createJoinLimits } from '../../src/main/core/share/ledger/join-limits.ts';
import { deriveKeys } from '../../src/main/core/share/ledger/installation-key.ts';
import type { Ledger } from '../../src/main/core/share/ledger/ledger.ts';
import { hostNames } from '../../src/main/core/share/network/host-names.ts';
import { openLedger } from '../../src/main/core/share/ledger/open-ledger.ts';
import { tlsOptions } from '../../src/main/core/share/certificate/tls-options.ts';
import { memoryStore } from '../../src/main/core/vault/memory-store.ts';
import type { Role } from '../../src/shared/model.ts';
import { makeCertificate } from './certificates.ts';
import { listen } from './gateway.ts';
import { GuestClient } from './guest.ts';
import { openTo } from './reach.ts';

export interface ShareRoom {
  readonly gateway: ShareGateway;
  readonly ledger: Ledger;
  readonly origin: string;
  readonly pem: string;
  /** `METHOD path?query`, or `UPGRADE path?query`, as the server got it. */
  readonly executed: { readonly what: string; readonly headers: IncomingMessage['headers'] }[];
  readonly events: GuestEvent[];
  readonly lines: string[];
  /** A new link, and a guest who holds it. */
  link(role: Role, change?: { uses?: number; approval?: boolean; opens?: string }): Promise<GuestClient>;
  /** The same, come in. */
  guest(role: Role, name?: string): Promise<GuestClient>;
  revoke(guest: GuestClient): Promise<void>;
  close(): Promise<void>;
}

export async function openShareRoom(
  roles: RoleRules,
  limits: Partial<ShareLimits> = {},
  asksName = false,
): Promise<ShareRoom> {
  const executed: ShareRoom['executed'] = [];
  const events: GuestEvent[] = [];
  const lines: string[] = [];
  const upgraded = new Set<Duplex>();
  const server = createServer((request, response) => {
    executed.push({ what: `${request.method} ${request.url}`, headers: request.headers });
    request.resume();
    response.setHeader('Content-Type', request.url?.endsWith('.html') === true ? 'text/html' : 'text/plain');
    response.end('executed');
  });
  server.on('upgrade', (request, socket: Duplex) => {
    executed.push({ what: `UPGRADE ${request.url}`, headers: request.headers });
    upgraded.add(socket);
    socket.on('error', () => {});
    // A server that knows no socket there answers as it answers any GET.
    const refusal = /^\/[a-z]+\/answered-(\d+)/.exec(request.url ?? '');
    if (refusal !== null) {
      const head = `HTTP/1.1 ${refusal[1]} Said\r\nLocation: /told\r\nX-Told: told\r\nSet-Cookie: told=1\r\nContent-Length: 4\r\n\r\n`;
      socket.end(`${head}told`);
      return;
    }
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  });
  const port = await listen(server);
  const secretStore = memoryStore('A test.');
  const ledger = await openLedger({
    file: '',
    secretStore,
    keys: deriveKeys(new Secret('installation')),
    owner: { pid: process.pid, host: 'here', processes: { startOf: async () => 'then' } },
    warn: () => {},
  });
  const joinRequests: JoinRequestTable = new Map();
  const end = (session: string): void => {
    const { ended } = ledger.endGuest(session);
    gateway.end(new Set(ended.map(({ id }) => id)));
  };
  const access = makeGuestAccess({
    ledger,
    joinRequests,
    joins: createJoinLimits(),
    serverId: 'thesis',
    serverName: () => 'Thesis of Mira',
    owner: 'mira',
    computer: 'lab',
    asksName: () => asksName,
    offer: role => ({ role, title: role, can: [], cannot: [], runsCode: role !== 'viewer', note: null }),
    joined: () => {},
    waiting: () => {},
    left: end,
    ended: () => null,
    note: event => events.push(event),
  });
  const from = Date.now() - 1000;
  const { pem, keyPem } = await makeCertificate({
    host: hostNames(['localhost'], ['127.0.0.1']),
    from,
    to: from + 86_400_000,
  });
  const note =
    (level: string) =>
    (message: string, fields?: object): void =>
      void lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  const gateway = await openShareGateway(
    {
      serverId: 'thesis',
      name: 'Thesis of Mira',
      access,
      roles,
      tls: {
        options: () => tlsOptions({ chain: pem, key: new Secret(keyPem) }),
        attach: () => () => {},
        rotateTickets: () => () => {},
        names: () => ['localhost', '127.0.0.1'],
        strictTransport: () => null,
        fingerprint: 'AB:CD',
        authority: null,
      },
      addresses: ['127.0.0.1'],
      preferredPort: null,
      extraHosts: [],
      trustedProxies: [],
      uploadBytes: 1_000_000,
      clock: Date.now,
      log: { info: note('info'), warn: note('warn'), error: note('error') },
    },
    { ...defaultShareLimits, ...limits },
  );
  const upstream = {
    address: { kind: 'port' as const, port },
    host: 'localhost',
    headers: [
      ['X-Upstream-Secret', new Secret('upstream-secret')],
      ['X-Person', new Secret('mira')],
    ] as const,
    personHeader: 'X-Person',
    withheldCookies: [],
  };
  gateway.setUpstream({ state: 'ready', reason: '', reach: openTo(upstream), landing: '/lab' });
  const origin = `https://127.0.0.1:${gateway.port}`;
  const link = async (
    role: Role,
    change: { uses?: number; approval?: boolean } = {},
  ): Promise<GuestClient> => {
    const made = await ledger.make({ label: 'x', role, serverId: 'thesis', madeBy: 'mira', ...change });
    return new GuestClient(`${origin}/_gatehouse/join/${made.link.id}#${made.secret.reveal()}`, pem);
  };
  return {
    gateway,
    ledger,
    origin,
    pem,
    executed,
    events,
    lines,
    link,
    async guest(role, name = 'Ada') {
      const guest = await link(role);
      const reply = await guest.join(name);
      if (reply.status !== 200) throw new Error(`Joining was answered ${reply.status}: ${reply.body}`);
      return guest;
    },
    async revoke({ id }) {
      const { ended, saved } = ledger.revoke(id);
      gateway.end(new Set(ended.map(guest => guest.id)));
      await saved;
    },
    async close() {
      await gateway.close();
      await ledger.close();
      for (const socket of upgraded) socket.destroy();
      server.closeAllConnections();
      await new Promise<void>(done => server.close(() => done()));
    },
  };
}
