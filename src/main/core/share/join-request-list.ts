/** The join requests that wait, as the owner sees them, and the owner's answers. */
import type { JoinRequestInfo } from '../../../shared/share-model.ts';
import { answerJoinRequest, dropJoinRequests, type JoinRequestTable } from './ledger/join-requests.ts';
import type { Ledger } from './ledger/ledger.ts';
import { nobodyWaits } from './share-errors.ts';
import type { ShareEventReporter } from './share-event-reporter.ts';

export interface JoinRequestListDeps {
  readonly ledger: Pick<Ledger, 'now'>;
  readonly table: JoinRequestTable;
  readonly reporter: ShareEventReporter;
  /** Login name of the owner. */
  readonly user: string;
}

export class JoinRequestList {
  readonly #deps: JoinRequestListDeps;

  constructor(deps: JoinRequestListDeps) {
    this.#deps = deps;
  }

  list(): readonly JoinRequestInfo[] {
    const { ledger, table, reporter } = this.#deps;
    dropJoinRequests(table, ledger.now());
    return [...table.values()]
      .filter(request => request.answer === 'none')
      .flatMap(request => reporter.waiting(request) ?? []);
  }

  /** Refuses with kind `not-found` where no join request has that id, or it was answered before. */
  answer(id: string, allow: boolean): void {
    const { ledger, table, reporter, user } = this.#deps;
    const request = answerJoinRequest(table, ledger.now(), id, allow ? 'given' : 'denied');
    if (request === null) throw nobodyWaits(id);
    const { linkId: link, serverId: server, name, address } = request;
    const event = allow ? 'approval-given' : 'approval-denied';
    reporter.record({ event, link, server, name, address, by: user });
    reporter.changed(server);
  }
}
