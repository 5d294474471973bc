/** Who waits to be let in, as the owner sees it, and the owner's answer. */
import type { JoinRequestInfo } from '../../../shared/sharing.ts';
import { answerJoinRequest, dropJoinRequests, type JoinRequestTable } from './ledger/join-requests.ts';
import { nobodyWaits } from './share-errors.ts';
import type { ShareStorage } from './share-storage.ts';
import type { ShareEventReporter } from './share-event-reporter.ts';

export interface JoinRequestListDeps {
  /** Null where nothing was ever shared. */
  readonly storage: () => Promise<ShareStorage | null>;
  readonly joinRequests: JoinRequestTable;
  readonly reporter: ShareEventReporter;
  /** Login name of the owner. */
  readonly user: string;
}

export class JoinRequestList {
  readonly #deps: JoinRequestListDeps;

  constructor(deps: JoinRequestListDeps) {
    this.#deps = deps;
  }

  async list(): Promise<readonly JoinRequestInfo[]> {
    const { joinRequests, reporter } = this.#deps;
    const storage = await this.#deps.storage();
    if (storage === null) return [];
    dropJoinRequests(joinRequests, storage.ledger.now());
    return [...joinRequests.values()]
      .filter(wait => wait.answer === 'none')
      .flatMap(wait => reporter.waiting(storage, wait) ?? []);
  }

  /** Refuses with kind `not-found` where nobody waits under that name, or it was answered before. */
  async answer(id: string, allow: boolean): Promise<void> {
    const { joinRequests, reporter, user } = this.#deps;
    const storage = await this.#deps.storage();
    const wait =
      storage && answerJoinRequest(joinRequests, storage.ledger.now(), id, allow ? 'given' : 'denied');
    if (storage === null || wait === null) throw nobodyWaits(id);
    const { linkId: link, serverId: server, name, address } = wait;
    const event = allow ? 'approval-given' : 'approval-denied';
    reporter.record(storage, { event, link, server, name, address, by: user });
    reporter.changed(server);
  }
}
