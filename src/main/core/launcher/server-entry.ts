import type { Failure, FoundServer, ServerInfo, StartRequest } from '../../../shared/model.ts';
import { GatehouseError } from '../errors.ts';
import type {
  ClientCredential,
  ListenerTls,
  ListenerOverrides,
  LaunchPlan,
  Log,
  RunContext,
  Supervised,
  Vault,
} from '../ports.ts';
import type { Gateway, GatewayRules, LocalTls, UpstreamState } from '../gateway-ports.ts';
import type { Secret } from '../secret.ts';
import type { SavedServer } from './saved-servers.ts';
import { shareRefusalOf } from '../share-refusal.ts';
import type { ShareRefusal } from '../share-ports.ts';
import { refusalOf } from '../server/output/failure.ts';

/** What one server needs of its surroundings. */
export interface ServerEntryDeps {
  readonly vault: Vault;
  readonly log: Log;
  openGateway(rules: GatewayRules): Promise<Gateway>;
  supervise(entry: SuperviseRequest): Supervised;
  gatewayRules(): Pick<GatewayRules, 'clock' | 'extraHosts' | 'trustedProxies' | 'log' | 'ownAccount'>;
  onChange(info: ServerInfo): void;
  /** Where the server can be reached now; null when nothing of it runs. For its share listener. */
  follow(serverId: string, state: UpstreamState | null): void;
  save(server: SavedServer): Promise<void>;
  /** First label of the host name of a listener that is about to open; another one at each call. */
  newHostLabel(): string;
  /** How the server's own clients show a credential. */
  readonly clientCredential?: ClientCredential | undefined;
  /** What the server's own settings ask of its door; null: nothing. */
  wishes(): Promise<ListenerOverrides | null>;
  /** Certificate and rules for a door that is to speak TLS. @param host first label of its name */
  gatewayTls(tls: ListenerTls, host: string): Promise<LocalTls>;
  /** From now on this token is in no log. */
  learn(token: Secret<string>): void;
}

export interface SuperviseRequest {
  readonly server: SavedServer;
  readonly plan: (context: RunContext) => Promise<LaunchPlan>;
  /** Of the next run. */
  readonly umask: () => number | undefined;
  readonly onChange: () => void;
}

/**
 * One server with its gateway: they start together, and the gateway keeps its port and host label while the
 * server process comes and goes. A gateway that was closed is followed by one with another label
 * (`newHostLabel`).
 */
export class ServerEntry {
  readonly #deps: ServerEntryDeps;
  #saved: SavedServer;
  #gateway: Promise<Gateway> | null = null;
  #door: Gateway | null = null;
  #supervised: Supervised;
  #stopping: Promise<void> | null = null;
  /** True from the wish to stop until nothing listens: its address is told to nobody any more. */
  #closing = false;
  /** True between the wish to start and the supervisor's first word. */
  #opening = false;
  /** Why it could not even be tried (the keychain, the listener). */
  #refusal: Failure | null = null;
  /**
   * Whether code of its folder may run: in the run that is planned or up; null when none is. And in the next
   * one.
   */
  #runTrusted: boolean | null = null;
  #nextTrusted = false;
  /** Of the door that is open, or was last. */
  #wishes: ListenerOverrides | null = null;

  constructor(deps: ServerEntryDeps, saved: SavedServer, plan: (context: RunContext) => Promise<LaunchPlan>) {
    this.#deps = deps;
    this.#saved = saved;
    this.#supervised = deps.supervise({
      server: saved,
      plan,
      umask: () => this.#saved.request.umask,
      onChange: () => this.#changed(),
    });
  }

  get saved(): SavedServer {
    return this.#saved;
  }

  get supervised(): Supervised {
    return this.#supervised;
  }

  get gateway(): Gateway | null {
    return this.#door;
  }

  /** Null from the wish to stop on: what is told of it then leads to a port that is being let go. */
  get openGateway(): Gateway | null {
    return this.#closing ? null : this.#door;
  }

  /** Null while it has no door. */
  upstreamState(): UpstreamState | null {
    const { state, reason, reach, landing } = this.#supervised;
    return this.#door === null ? null : { state, reason, reach, landing };
  }

  async rememberShare(sharePort: number, shareListen: string): Promise<void> {
    this.#saved = { ...this.#saved, sharePort, shareListen };
    await this.#deps.save(this.#saved);
  }

  info(): ServerInfo {
    const { id, name, title, origin, folder, request } = this.#saved;
    const { pid, startedAt, caveat } = this.#supervised;
    const { state, reason } = this.#standing();
    const trusted = (pid === null ? null : this.#runTrusted) ?? this.#nextTrusted;
    return {
      id,
      name,
      profile: request.profile,
      title,
      origin,
      folder,
      folderTrusted: trusted,
      trustChanged: trusted !== this.#nextTrusted,
      state,
      reason,
      caveat: [...(caveat === null ? [] : [caveat]), ...this.#warnings()].join(' ') || null,
      url: this.openGateway?.url ?? null,
      pid,
      startedAt: startedAt === null ? null : new Date(startedAt).toISOString(),
    };
  }

  /** Why it must not be shared; null when it may be. */
  shareRefusal(): ShareRefusal | null {
    if (this.#door === null) return null;
    return shareRefusalOf(this.#wishes?.asksForToken, this.#supervised.found);
  }

  /**
   * The same as `upstreamState` for guests: they are shut out while it must not be shared, also by links that
   * are there already.
   */
  shareState(): UpstreamState | null {
    const state = this.upstreamState();
    if (state === null || this.shareRefusal() === null || state.reach.kind === 'shut') return state;
    return { ...state, reach: { kind: 'shut', why: 'unsafe' } };
  }

  /** What opens its door. */
  async accessToken(): Promise<Secret<string>> {
    const wished = (await this.#deps.wishes())?.token ?? null;
    if (wished !== null) this.#deps.learn(wished);
    return wished ?? this.#deps.vault.accessToken(this.#saved.id);
  }

  /** What was found may have changed its version since the last start. */
  describe(found: FoundServer | null): void {
    if (found === null) return;
    const title = found.version === null ? found.title : `${found.title} ${found.version}`;
    this.#saved = { ...this.#saved, title, origin: found.origin };
  }

  /**
   * How long the next start may take (the profile's own limit when undefined), and how open its files are (as
   * before when undefined).
   */
  renew({ readySeconds, umask }: Pick<StartRequest, 'readySeconds' | 'umask'>): void {
    const { request } = this.#saved;
    this.#saved = { ...this.#saved, request: { ...request, readySeconds, umask: umask ?? request.umask } };
  }

  /** The run that is being planned may run code of its folder, or not. */
  startsTrusted(trusted: boolean): void {
    this.#runTrusted = trusted;
    this.#nextTrusted = trusted;
  }

  /** The same for the next run. */
  nextTrusted(trusted: boolean): void {
    if (this.#nextTrusted === trusted) return;
    this.#nextTrusted = trusted;
    this.#deps.onChange(this.info());
  }

  failure(): Failure | null {
    return this.#refusal ?? this.#supervised.failure();
  }

  /**
   * Resolves when the server is ready; throws when it failed or was stopped on the way. In state `starting`
   * from the call on.
   */
  async start(): Promise<void> {
    this.#refusal = null;
    this.#opening = true;
    try {
      await this.#stopping;
      await (this.#gateway ??= this.#open());
    } catch (error) {
      this.#gateway = null;
      this.#refusal = refusalOf(error);
      throw error;
    } finally {
      this.#opening = false;
      if (this.#refusal !== null) this.#deps.onChange(this.info());
    }
    await this.#supervised.start();
  }

  async restart(): Promise<void> {
    if (this.#gateway === null) return this.start();
    await this.#supervised.restart();
  }

  /** A new access token, in force at once: sessions and sockets of the old one end. */
  async rotateToken(): Promise<Secret<string>> {
    if (((await this.#deps.wishes())?.token ?? null) !== null) throw tokenIsSet(this.#saved.id);
    const token = await this.#deps.vault.rotateAccessToken(this.#saved.id);
    this.#door?.rotate(token);
    return token;
  }

  /** Resolves when nothing of the run is left and nothing listens. */
  stop(reason: string): Promise<void> {
    this.#stopping ??= this.#stop(reason).finally(() => (this.#stopping = null));
    return this.#stopping;
  }

  async #stop(reason: string): Promise<void> {
    const opening = this.#gateway;
    this.#gateway = null;
    await opening?.catch(() => null);
    // First the address is taken back, then the server ends, and the port is let go last: anyone who takes it
    // next is asked nothing.
    this.#closing = true;
    this.#deps.onChange(this.info());
    await this.#supervised.stop(reason);
    const door = this.#door;
    this.#door = null;
    await door?.close();
    this.#closing = false;
    this.#deps.follow(this.#saved.id, null);
    this.#deps.onChange(this.info());
  }

  async #open(): Promise<Gateway> {
    const { id, name, port } = this.#saved;
    const host = this.#deps.newHostLabel();
    const wishes = await this.#deps.wishes();
    const token = await this.accessToken();
    const { clientCredential } = this.#deps;
    const tls = wishes?.tls ?? null;
    const gateway = await this.#deps.openGateway({
      host,
      name,
      token,
      clientCredential,
      asksForToken: wishes?.asksForToken,
      basePath: wishes?.basePath,
      tls: tls === null ? undefined : await this.#deps.gatewayTls(tls, host),
      preferredPort: wishes?.port ?? port,
      ...this.#deps.gatewayRules(),
    });
    this.#door = gateway;
    this.#closing = false;
    this.#wishes = wishes === null ? null : { ...wishes, warnings: warningsOf(wishes, gateway) };
    if (gateway.port !== port) {
      this.#saved = { ...this.#saved, port: gateway.port };
      await this.#deps.save(this.#saved).catch((error: unknown) => {
        this.#deps.log.warn(
          'The port of a server could not be remembered; the next start may take another.',
          {
            server: id,
            error: String(error),
          },
        );
      });
    }
    this.#changed();
    return gateway;
  }

  #standing(): Pick<ServerInfo, 'state' | 'reason'> {
    if (this.#refusal !== null) return { state: 'failed', reason: this.#refusal.summary };
    if (this.#opening) return { state: 'starting', reason: 'Its gateway is being opened.' };
    const { state, reason } = this.#supervised;
    return { state, reason: [reason, ...this.#warnings()].join(' ') };
  }

  /** Of the door, while it is open. */
  #warnings(): readonly string[] {
    return this.#door === null ? [] : (this.#wishes?.warnings ?? []);
  }

  #changed(): void {
    const upstream = this.upstreamState();
    if (upstream !== null) {
      this.#door?.setUpstream(upstream);
      this.#deps.follow(this.#saved.id, this.shareState());
    }
    this.#deps.onChange(this.info());
  }
}

/** With what became of the wish for a port. */
function warningsOf({ warnings, port }: ListenerOverrides, gateway: Gateway): readonly string[] {
  if (port === null || port === gateway.port) return warnings;
  return [...warnings, `Port ${port} is not free, so its gateway is on port ${gateway.port}.`];
}

function tokenIsSet(id: string): GatehouseError {
  return new GatehouseError('token-is-set', `The token of "${id}" is set in the environment of Gatehouse.`, {
    kind: 'usage',
    nextStep: 'Change or unset it there, start Gatehouse again, and the server with it.',
  });
}
