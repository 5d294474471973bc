/*
 * The guests' own door, as it ships, before a real server: TLS, a session of one role, every rule and filter.
 * In front of it stands what a guest would have besides: something that speaks TLS and shows the link's
 * token, so that client libraries and plain requests of tests reach it at an http address.
 */
import { createServer, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as ask } from 'node:https';
import { connect } from 'node:tls';
import type { Duplex } from 'node:stream';
import { openShareGateway } from '../../src/main/core/gateway/guest/guest-gateway.ts';
import type { LaunchPlan } from '../../src/main/core/ports.ts';
import type { RoleRules } from '../../src/main/core/role-ports.ts';
import { Secret } from '../../src/main/core/secret.ts';
import type { GuestEvent, GuestAccess, GuestSession, ShareTls } from '../../src/main/core/share-ports.ts';
import { hostNames } from '../../src/main/core/share/network/host-names.ts';
import { tlsOptions } from '../../src/main/core/share/certificate/tls-options.ts';
import type { Role } from '../../src/shared/model.ts';
import { makeCertificate } from './certificates.ts';
import { openTo } from './reach.ts';

export interface RoleProxy {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  /** Requests and sockets that were refused, and why messages were dropped. */
  readonly refusals: string[];
  close(): Promise<void>;
}

const token = `abcdefghijkl.${'s'.repeat(43)}`;

export async function openRoleProxy(plan: LaunchPlan, rules: RoleRules, role: Role): Promise<RoleProxy> {
  const refusals: string[] = [];
  const from = Date.now() - 1000;
  const wanted = { host: hostNames(['localhost'], ['127.0.0.1']), from, to: from + 86_400_000 };
  const { pem, keyPem } = await makeCertificate(wanted);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const gateway = await openShareGateway({
    serverId: 'test',
    name: 'test',
    access: deskFor(role, event => refusals.push(reasonOf(event))),
    roles: rules,
    tls: tlsFor(pem, keyPem),
    addresses: ['127.0.0.1'],
    preferredPort: null,
    extraHosts: [],
    trustedProxies: [],
    uploadBytes: 100_000_000,
    clock: Date.now,
    log,
  });
  gateway.setUpstream({ state: 'ready', reason: '', reach: openTo(plan.upstream), landing: plan.landing });
  const context = { host: '127.0.0.1', port: gateway.port, ca: pem, servername: 'localhost' };
  const own = { host: `localhost:${gateway.port}`, authorization: `Bearer ${token}` };
  const front = createServer((request, response) => {
    const headers: OutgoingHttpHeaders = { ...request.headers, ...own };
    delete headers['origin'];
    const { method, url: path } = request;
    const sent = ask({ ...context, method, path, headers, agent: false }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    sent.on('error', () => response.destroy());
    request.pipe(sent);
  });
  const sockets = new Set<Duplex>();
  front.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const through = connect(context, () => {
      const lines = Object.entries({ ...request.headers, ...own })
        .filter(([name]) => name !== 'origin')
        .map(([name, value]) => `${name}: ${String(value)}`);
      through.write([`GET ${request.url} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
      through.write(head);
      through.pipe(socket).pipe(through);
    });
    for (const side of [socket, through]) {
      sockets.add(side);
      side
        .on('error', () => {})
        .on('close', () => {
          socket.destroy();
          through.destroy();
        });
    }
  });
  await new Promise<void>(done => front.listen(0, '127.0.0.1', done));
  const at = front.address();
  return {
    url: `http://127.0.0.1:${typeof at === 'object' ? at?.port : 0}/`,
    refusals,
    async close() {
      for (const socket of sockets) socket.destroy();
      front.closeAllConnections();
      await new Promise<void>(done => front.close(() => done()));
      await gateway.close();
    },
  };
}

/** `role: POST /api/contents` as it is told, `reason` of a message that was dropped. */
function reasonOf(event: GuestEvent): string {
  if (event.kind === 'refused') return event.reason;
  return event.what.startsWith('/') ? event.what.slice(event.what.indexOf(': ') + 2) : event.what;
}

/** Whoever shows the token is in, in this role. */
function deskFor(role: Role, note: (event: GuestEvent) => void): GuestAccess {
  const session: GuestSession = {
    id: 'a',
    link: 'l',
    role,
    name: 'Ada',
    endsAt: Date.now() + 3_600_000,
    permissions: null,
  };
  return {
    look: () => ({ open: false, reason: 'no-such-link' }),
    join: async () => ({ kind: 'in', session, cookie: new Secret('cookie'), opens: null }),
    waiting: () => 'over',
    find: () => ({ open: true, session }),
    peek: () => ({ open: true, session }),
    leave: () => {},
    inUse: () => {},
    note,
  };
}

function tlsFor(pem: string, keyPem: string): ShareTls {
  return {
    options: () => tlsOptions({ chain: pem, key: new Secret(keyPem) }),
    attach: () => () => {},
    rotateTickets: () => () => {},
    names: () => ['localhost'],
    strictTransport: () => null,
    fingerprint: 'AB',
    authority: null,
  };
}
