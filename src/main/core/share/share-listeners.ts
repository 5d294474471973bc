/** The share listeners that are on, one for each server. */
import { createBoundedLog } from '../log/bounded-log.ts';
import { networkInterfaces } from 'node:os';
import type { ShareAddress, ShareListenerInfo } from '../../../shared/share-model.ts';
import type { Log } from '../ports.ts';
import type { UpstreamState } from '../gateway-ports.ts';
import type { GuestAccess, SharedServer, ShareGateway, ShareGatewayRules } from '../share-ports.ts';
import { createKeyedMutex } from '../keyed-mutex.ts';
import type { Audit } from './audit/audit.ts';
import type { CertificateManager } from './certificate/certificate-manager.ts';
import type { StoredGuestSession } from './ledger/guest-sessions.ts';
import type { HostNames } from './network/host-names.ts';
import { bindAddresses, listenTargetOf, shareOrigins } from './network/network-exposure.ts';
import { notRunning, notShared } from './share-errors.ts';
import { shareTls } from './certificate/share-tls.ts';

export interface ShareListenersDeps {
  readonly openShareGateway: (rules: ShareGatewayRules) => Promise<ShareGateway>;
  readonly access: (server: SharedServer) => GuestAccess;
  /** What guests are shown; opened with the first listener. */
  readonly certificate: () => Promise<CertificateManager>;
  readonly audit: Pick<Audit, 'record'>;
  /** The setting. */
  readonly listen: () => string;
  /** This computer's names and addresses, and those that the owner added. */
  readonly host: () => HostNames;
  readonly extraHosts: () => readonly string[];
  readonly trustedProxies: () => readonly string[];
  readonly uploadBytes: () => number;
  readonly log: Log;
}

interface Open {
  readonly server: SharedServer;
  readonly gateway: ShareGateway;
  readonly listen: string;
  readonly addresses: () => readonly ShareAddress[];
}

export class ShareListeners {
  readonly #deps: ShareListenersDeps;
  readonly #open = new Map<string, Open>();
  /** Two links that are made at once must not open two listeners. */
  readonly #runExclusive = createKeyedMutex();

  constructor(deps: ShareListenersDeps) {
    this.#deps = deps;
  }

  /**
   * Turns the listener of a server on, or moves it. @param listen where; as it is, or as the setting says,
   * when undefined @param isRestart where it was the last time, then
   */
  ensure(
    server: SharedServer,
    listen: string | undefined,
    isRestart = false,
  ): Promise<{ readonly addresses: readonly ShareAddress[] }> {
    return this.#runExclusive(server.id, async () => {
      const refusal = server.refusal();
      if (refusal !== null) throw notShared(server, refusal);
      const known = this.#open.get(server.id);
      const wanted =
        listen ?? known?.listen ?? (isRestart ? server.shareListen : null) ?? this.#deps.listen();
      if (known !== undefined && known.listen === wanted) return { addresses: known.addresses() };
      // An address that is gone must not end the listener that is on.
      listenTargetOf(wanted, networkInterfaces());
      await this.#drop(server.id);
      const opened = await this.#openOne(server, wanted);
      this.#open.set(server.id, opened);
      // It may have been stopped while the listener was opened.
      if (server.state() === null) {
        await this.#drop(server.id);
        throw notRunning(server.id);
      }
      const addresses = opened.addresses();
      const address = bindAddresses(listenTargetOf(wanted, networkInterfaces()), networkInterfaces()).join(
        ' ',
      );
      const { port } = opened.gateway;
      void this.#deps.audit.record({ event: 'listener-on', server: server.id, address, port });
      return { addresses };
    });
  }

  async #openOne(server: SharedServer, listen: string): Promise<Open> {
    const deps = this.#deps;
    const interfaces = networkInterfaces();
    const place = listenTargetOf(listen, interfaces);
    const certificate = await deps.certificate();
    await certificate.look();
    const gateway = await deps.openShareGateway({
      serverId: server.id,
      name: server.name,
      access: deps.access(server),
      roles: server.sharing.rules,
      clientCredential: server.clientCredential,
      tls: shareTls(certificate, deps.host, Date.now),
      addresses: bindAddresses(place, interfaces),
      preferredPort: server.sharePort,
      extraHosts: deps.extraHosts(),
      trustedProxies: deps.trustedProxies(),
      uploadBytes: deps.uploadBytes(),
      isOwners: server.isOwners,
      clock: Date.now,
      log: createBoundedLog(deps.log, Date.now),
    });
    const state = server.state();
    if (state !== null) gateway.setUpstream(state);
    if (gateway.port !== server.sharePort || listen !== server.shareListen) {
      await server.rememberShare(gateway.port, listen).catch((error: unknown) => {
        deps.log.warn('The address of a share listener could not be remembered; links end with this run.', {
          server: server.id,
          error: String(error),
        });
      });
    }
    const addresses = (): readonly ShareAddress[] => {
      const { host, trustedByAll } = certificate.current();
      const now = networkInterfaces();
      const { names } = deps.host();
      const { port } = gateway;
      return shareOrigins({ place, interfaces: now, certificate: host, trustedByAll, names, port });
    };
    return { server, gateway, listen, addresses };
  }

  /** False where the server has no listener. */
  setUpstream(serverId: string, state: UpstreamState | null): boolean {
    const open = this.#open.get(serverId);
    if (open !== undefined && state !== null) open.gateway.setUpstream(state);
    return open !== undefined;
  }

  /** Cuts everything that came by these guests' sessions, at once. */
  end(guests: readonly StoredGuestSession[]): void {
    const byServer = new Map<string, Set<string>>();
    for (const { serverId, id } of guests) {
      const sessions = byServer.get(serverId) ?? new Set<string>();
      byServer.set(serverId, sessions.add(id));
    }
    for (const [serverId, sessions] of byServer) this.#open.get(serverId)?.gateway.end(sessions);
  }

  connections(serverId: string, session: string): number {
    return this.#open.get(serverId)?.gateway.connections(session) ?? 0;
  }

  list(): readonly ShareListenerInfo[] {
    return [...this.#open.values()].map(({ server, gateway, listen, addresses }) => ({
      server: server.id,
      serverName: server.name,
      listen,
      port: gateway.port,
      addresses: addresses(),
    }));
  }

  /** Where the listener of a server listens; null while it is off. */
  listenOf(serverId: string): string | null {
    return this.#open.get(serverId)?.listen ?? null;
  }

  /** True when there was one, and it was still to be closed when its turn came. */
  close(serverId: string, still: () => boolean = () => true): Promise<boolean> {
    return this.#runExclusive(serverId, async () => still() && (await this.#drop(serverId)));
  }

  async #drop(serverId: string): Promise<boolean> {
    const open = this.#open.get(serverId);
    this.#open.delete(serverId);
    await open?.gateway.close();
    return open !== undefined;
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map(id => this.close(id)));
  }
}
