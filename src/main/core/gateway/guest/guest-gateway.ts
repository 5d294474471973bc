/**
 * The guests' gateway of one server, put together: TLS only, one role for each link, and everything that came
 * by a link ends the moment it is revoked. `guest-guard.ts` and the profile's role rules decide.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { ShareGateway, ShareGatewayRules } from '../../share-ports.ts';
import { defaultBudgets } from './guest-budgets.ts';
import { forwardGuest } from './guest-forward.ts';
import { upgradeGuest } from './guest-upgrade.ts';
import { GuestWork } from './guest-work.ts';
import { defaultLimits } from '../limits.ts';
import { serve } from '../listen/http-server.ts';
import { GuestGatewayState, type ShareLimits } from './guest-gateway-state.ts';
import { shareGuard, type Entry } from './guest-guard.ts';
import { listenForGuests } from '../listen/share-listener.ts';
import { answerSharePage } from './guest-routes.ts';

export const defaultShareLimits: ShareLimits = {
  ...defaultLimits,
  // A guest is a browser with six connections and a WebSocket for each open document.
  connections: 8192,
  // A session may have `openEach` in use, and a browser's idle ones; a class of thirty takes some 1,000.
  guestConnections: { session: 192, link: 4096 },
  openEach: 128,
  guestRequests: 3000,
  strangerRequests: 600,
  rateMs: 60_000,
};

/**
 * Listens on the addresses, and answers at once. @param work of the guests of all servers: one for a process
 */
export async function openShareGateway(
  rules: ShareGatewayRules,
  limits: ShareLimits = defaultShareLimits,
  work: GuestWork = new GuestWork(defaultBudgets),
): Promise<ShareGateway> {
  const gateway = new GuestGatewayState(rules, limits, work);
  const listener = await listenForGuests({
    addresses: rules.addresses,
    preferredPort: rules.preferredPort,
    tls: rules.tls,
    limits,
    attach: server => attach(gateway, server),
    hosts: port => {
      gateway.setPort(port);
      return new Set(gateway.listener.hosts.kinds.keys());
    },
  });
  gateway.setPort(listener.port);
  const sweep = setInterval(() => gateway.sweep(), limits.sweepMs).unref();
  return {
    port: listener.port,
    setUpstream: state => gateway.upstream.set(state),
    end: sessions => gateway.end(sessions),
    connections: session => gateway.open(session),
    async close() {
      clearInterval(sweep);
      await Promise.all([listener.close(), gateway.close()]);
    },
  };
}

function attach(gateway: GuestGatewayState, server: Server): void {
  serve<Entry>(
    {
      traffic: gateway.traffic,
      decide: (request, connection, upgrade) => shareGuard(gateway, request, connection, upgrade),
      ownPage: async asked => gateway.secured(asked.facts, await answerSharePage(gateway, asked)),
      forward: (exchange, entry) => forwardGuest(gateway, exchange, entry),
      upgrade: (exchange, entry) => upgradeGuest(gateway, exchange, entry),
    },
    server,
  );
  server.on('secureConnection', (socket: Socket) => gateway.traffic.connectionLimiter.enter(socket));
}
