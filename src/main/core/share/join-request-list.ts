/** Who waits to be let in, as the owner sees it, and the owner's answer. */
import type { Waiting } from '../../../shared/sharing.ts';
import { answerWait, dropWaits, type WaitTable } from './ledger/join-requests.ts';
import { nobodyWaits } from './share-errors.ts';
import type { Rooms } from './share-storage.ts';
import type { ShareTeller } from './share-event-reporter.ts';

export interface WaitingRoomParts {
  /** Null where nothing was ever shared. */
  readonly rooms: () => Promise<Rooms | null>;
  readonly waits: WaitTable;
  readonly teller: ShareTeller;
  /** Login name of the owner. */
  readonly user: string;
}

export class WaitingRoom {
  readonly #parts: WaitingRoomParts;

  constructor(parts: WaitingRoomParts) {
    this.#parts = parts;
  }

  async list(): Promise<readonly Waiting[]> {
    const { waits, teller } = this.#parts;
    const rooms = await this.#parts.rooms();
    if (rooms === null) return [];
    dropWaits(waits, rooms.ledger.now());
    return [...waits.values()]
      .filter(wait => wait.answer === 'none')
      .flatMap(wait => teller.waiting(rooms, wait) ?? []);
  }

  /** Refuses with kind `not-found` where nobody waits under that name, or it was answered before. */
  async answer(id: string, allow: boolean): Promise<void> {
    const { waits, teller, user } = this.#parts;
    const rooms = await this.#parts.rooms();
    const wait = rooms && answerWait(waits, rooms.ledger.now(), id, allow ? 'given' : 'denied');
    if (rooms === null || wait === null) throw nobodyWaits(id);
    const { linkId: link, serverId: server, name, address } = wait;
    const event = allow ? 'approval-given' : 'approval-denied';
    teller.record(rooms, { event, link, server, name, address, by: user });
    teller.changed(server);
  }
}
