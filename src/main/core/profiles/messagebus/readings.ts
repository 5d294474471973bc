/**
 * Readings of what is said on a bus, one for all who see it. The attack: a bus says every message to every
 * socket, so a long one was read a hundred and twenty-eight times for one guest with as many sockets. A
 * message that is the same to the byte has the same reading.
 */
import type { SocketMessage } from '../../role-ports.ts';
import type { Unreadable } from './frame.ts';
import { readBusMessage, readGuestMessage, type BusReading, type GuestReading } from './read-message.ts';
import type { MessageReader, Speaker } from './reader.ts';

/**
 * What is longer is read on another thread: 64 KiB take some milliseconds, as long as a turn of the gateway
 * for its guests.
 */
export const longBytes = 64 * 1024;
/** What is shorter is read as fast as it is found again. */
const shortBytes = 4 * 1024;
const keptReadings = 4;
/** Of the messages that are kept together, where it is more than one; bytes. */
const keptBytes = 8 * 1024 * 1024;

interface Kept {
  readonly data: Buffer;
  /** Null until it is read. */
  reading: BusReading | Unreadable | null;
  pending: Promise<number> | null;
}

export class BusReadings {
  readonly #reader: Pick<MessageReader, 'read'>;
  /** The newest is last. */
  #kept: Kept[] = [];
  readonly #heard = new WeakMap<Buffer, BusReading | Unreadable>();
  readonly #said = new WeakMap<Buffer, GuestReading | Unreadable>();

  constructor(reader: Pick<MessageReader, 'read'>) {
    this.#reader = reader;
  }

  /** As `SocketFilter.prepare`, for what the bus says. */
  prepareHeard({ binary, data }: SocketMessage): (() => Promise<number>) | null {
    if (binary || data.length <= longBytes || this.#recall(data)) return null;
    return async () => {
      const known = this.#find(data);
      if (known !== null) {
        // The one who asked first is charged for it.
        await known.pending;
        this.#heard.set(data, known.reading ?? unreadable);
        return 0;
      }
      const kept: Kept = { data, reading: null, pending: null };
      this.#keep(kept);
      kept.pending = this.#reader.read(data, null).then(({ reading, ms }) => {
        kept.reading = reading.kind === 'said' ? unreadable : reading;
        this.#heard.set(data, kept.reading);
        kept.pending = null;
        return ms;
      });
      return kept.pending;
    };
  }

  /** As `SocketFilter.prepare`, for what a guest says. */
  prepareSaid({ binary, data }: SocketMessage, speaker: Speaker): (() => Promise<number>) | null {
    if (binary || data.length <= longBytes) return null;
    return async () => {
      const { reading, ms } = await this.#reader.read(data, speaker);
      this.#said.set(data, reading.kind === 'heard' ? unreadable : reading);
      return ms;
    };
  }

  /** A long message has been prepared. */
  heard(message: SocketMessage): BusReading | Unreadable {
    const { data } = message;
    if (data.length <= shortBytes || message.binary) return readBusMessage(message);
    if (data.length > longBytes) return this.#heard.get(data) ?? unreadable;
    const known = this.#find(data)?.reading ?? null;
    if (known !== null) return known;
    const reading = readBusMessage(message);
    this.#keep({ data, reading, pending: null });
    return reading;
  }

  /** A long message has been prepared. */
  said(message: SocketMessage, { role, guest }: Speaker): GuestReading | Unreadable {
    if (message.data.length > longBytes && !message.binary) return this.#said.get(message.data) ?? unreadable;
    return readGuestMessage(message, role, guest);
  }

  /**
   * Whether the same was read before. What is kept may change until this one is judged, so its reading is put
   * by.
   */
  #recall(data: Buffer): boolean {
    const reading = this.#find(data)?.reading ?? null;
    if (reading !== null) this.#heard.set(data, reading);
    return reading !== null;
  }

  #find(data: Buffer): Kept | null {
    return this.#kept.find(one => one.data.length === data.length && one.data.equals(data)) ?? null;
  }

  #keep(kept: Kept): void {
    this.#kept.push(kept);
    while (this.#kept.length > 1 && (this.#kept.length > keptReadings || this.#bytes() > keptBytes)) {
      this.#kept.shift();
    }
  }

  #bytes(): number {
    return this.#kept.reduce((sum, { data }) => sum + data.length, 0);
  }
}

const unreadable: Unreadable = { kind: 'unreadable', reason: 'it could not be read' };
