/**
 * Sharing before it is open: nothing is read, asked of the keychain or listened on before something was
 * shared or is about to be. This is the only lazy part; everything behind it is open (`open-sharing.ts`).
 */
import type {
  GuestSessionInfo,
  JoinRequestInfo,
  NewShareLink,
  RevokeResult,
  ShareLinkInfo,
  ShareListenerInfo,
  SharePreview,
  SharePreviewRequest,
  ShareRequest,
} from '../../../shared/share-model.ts';
import type { UpstreamState } from '../gateway-ports.ts';
import type { Log } from '../ports.ts';
import { onceOpened, type Once } from './once-opened.ts';
import type { OpenSharing } from './open-sharing.ts';
import { nobodyWaits, notRunning, notShared } from './share-errors.ts';
import type { SharedServer } from '../share-ports.ts';

export interface SharingDeps {
  readonly open: () => Promise<OpenSharing>;
  /** Whether something was shared before; where nothing was, the keychain is not asked. */
  readonly wasShared: () => Promise<boolean>;
  /** Refuses an unknown server with kind `not-found`. */
  readonly server: (id: string) => SharedServer;
  readonly log: Log;
}

export class Sharing {
  readonly #deps: SharingDeps;
  readonly #once: Once<OpenSharing>;
  #opened: OpenSharing | null = null;

  constructor(deps: SharingDeps) {
    this.#deps = deps;
    this.#once = onceOpened(async () => (this.#opened = await deps.open()));
  }

  /** Opens sharing; a failure is not kept, so the next call tries again. */
  open(): Promise<OpenSharing> {
    return this.#once.get();
  }

  /** Opens it where something was shared before; null where nothing ever was. */
  async known(): Promise<OpenSharing | null> {
    const opened = await this.#once.known();
    if (opened !== null) return opened;
    return (await this.#deps.wasShared()) ? this.open() : null;
  }

  async preview(request: SharePreviewRequest): Promise<SharePreview> {
    const server = this.#deps.server(request.server);
    return (await this.open()).preview(server, request);
  }

  async create(request: ShareRequest): Promise<NewShareLink> {
    const server = this.#deps.server(request.server);
    if (server.state() === null) throw notRunning(server.id);
    await server.look();
    const refusal = server.refusal();
    if (refusal !== null) throw notShared(server, refusal);
    return (await this.open()).create(server, request);
  }

  async links(): Promise<readonly ShareLinkInfo[]> {
    return (await this.known())?.links() ?? [];
  }

  async revoke(link: string): Promise<RevokeResult> {
    return (await this.open()).revoke(link);
  }

  /** Works for a forgotten server too. */
  async stop(serverId: string): Promise<RevokeResult> {
    return (await this.known())?.stop(serverId) ?? { links: [], sessions: 0 };
  }

  listeners(): readonly ShareListenerInfo[] {
    return this.#opened?.listeners.list() ?? [];
  }

  async people(): Promise<readonly GuestSessionInfo[]> {
    return (await this.known())?.people() ?? [];
  }

  async kick(session: string): Promise<RevokeResult> {
    return (await this.open()).kick(session);
  }

  async joinRequests(): Promise<readonly JoinRequestInfo[]> {
    return (await this.known())?.joinRequests.list() ?? [];
  }

  /** Refuses with kind `not-found` where no join request has that id, or it was answered before. */
  async answer(id: string, allow: boolean): Promise<void> {
    const opened = await this.known();
    if (opened === null) throw nobodyWaits(id);
    opened.joinRequests.answer(id, allow);
  }

  /** A server started, stopped or has another address: its listener follows. */
  async follow(serverId: string, state: UpstreamState | null): Promise<void> {
    if (await this.#opened?.setUpstream(serverId, state)) return;
    if (state === null) return;
    try {
      await (await this.known())?.listenAgain(serverId, this.#deps.server);
    } catch (error) {
      this.#deps.log.error('A server is not shared, although it has links.', { server: serverId, error });
    }
  }

  async forgotten(serverId: string): Promise<void> {
    await this.stop(serverId);
  }

  async close(): Promise<void> {
    await (await this.#once.known())?.close();
  }
}
