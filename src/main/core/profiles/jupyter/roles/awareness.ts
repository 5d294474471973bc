/**
 * Who is there, and with which document (y-protocols, awareness). A viewer is seen in the list of everybody,
 * and that is all.
 *
 * The attacks: a state under another one's number moves or removes the owner's presence, and the number of
 * the name of the one who typed stands in the document for all to read; a state with the owner's name speaks
 * as the owner; a state that is no object (`5`) ends the server's saving of the *owner's* changes; a
 * picture's address may be fetched by the owner's browser. So no viewer chooses a number: each socket gets
 * one of the gateway's, out of a range from which Yjs in a browser takes none; the name is the session's; the
 * rest is said again from known fields.
 */
import { z } from 'zod';
import { VarReader, varBytes, varNumber } from './varint.ts';

export interface AwarenessEntry {
  /** The client's number in this room. */
  readonly id: number;
  readonly clock: number;
  /** Null for one that leaves. */
  readonly state: unknown;
}

const entriesAtMost = 1000;

/** Null for what has not exactly one reading. Never throws. */
export function readAwareness(update: Buffer): readonly AwarenessEntry[] | null {
  const reader = new VarReader(update);
  const count = reader.number();
  if (count === null || count > entriesAtMost) return null;
  const entries: AwarenessEntry[] = [];
  for (let index = 0; index < count; index++) {
    const id = reader.number();
    const clock = reader.number();
    const text = reader.text();
    if (id === null || clock === null || text === null) return null;
    const state = parse(text);
    if (state === undefined) return null;
    entries.push({ id, clock, state });
  }
  return reader.atEnd ? entries : null;
}

export function writeAwareness(entries: readonly AwarenessEntry[]): Buffer {
  const parts = entries.map(({ id, clock, state }) =>
    Buffer.concat([varNumber(id), varNumber(clock), varBytes(Buffer.from(JSON.stringify(state)))]),
  );
  return Buffer.concat([varNumber(entries.length), ...parts]);
}

function parse(text: string): unknown {
  try {
    const state: unknown = JSON.parse(text);
    return state;
  } catch {
    return undefined;
  }
}

/** What a viewer's own words may be of its state. */
const colour = z
  .string()
  .regex(/^(?:#[0-9a-f]{3,8}|var\(--[\w-]{1,60}\)|(?:rgb|hsl)a?\([\d\s.,%/]{1,40}\)|[a-z]{1,30})$/i);
const path = z.string().max(500);
const viewerState = z.object({
  user: z.object({ color: colour.nullish().catch(null) }).catch({}),
  current: path.nullish().catch(null),
  documents: z.array(path).max(50).optional().catch(undefined),
});

/** First number that no Yjs of a browser takes for itself: those have 32 bits. */
export const firstGuestNumber = 2 ** 32;

/** One viewer's socket in the room of everybody. */
export class Presence {
  /** In the room. */
  readonly #number: number;
  readonly #name: string;
  /** What the viewer's page calls itself; null until it has said so. */
  #own: number | null = null;

  /**
   * @param number for this socket alone, from `firstGuestNumber` on @param name as it is shown, marked as a
   *   guest's
   */
  constructor(number: number, name: string) {
    this.#number = number;
    this.#name = name;
  }

  /**
   * What the viewer says of itself, as it may be said; null where it speaks only of others (clients repeat
   * what they hear).
   */
  said(entries: readonly AwarenessEntry[]): AwarenessEntry | null {
    const [first] = entries;
    if (this.#own === null && entries.length === 1 && first !== undefined) this.#own = first.id;
    const mine = entries.find(({ id }) => id === this.#own);
    if (mine === undefined) return null;
    const entry = { id: this.#number, clock: mine.clock };
    if (mine.state === null) return { ...entry, state: null };
    const state = viewerState.safeParse(mine.state);
    if (!state.success) return null;
    const { user, current, documents } = state.data;
    return { ...entry, state: { user: this.#user(user.color ?? null), current, documents } };
  }

  /** What the viewer hears: itself under the number that it knows. Null where nothing is to be changed. */
  heard(entries: readonly AwarenessEntry[]): readonly AwarenessEntry[] | null {
    const own = this.#own;
    if (own === null || !entries.some(({ id }) => id === this.#number || id === own)) return null;
    return entries
      .filter(({ id }) => id !== own)
      .map(entry => (entry.id === this.#number ? { ...entry, id: own } : entry));
  }

  #user(color: string | null): object {
    const name = this.#name;
    return { username: name, name, display_name: name, initials: name.slice(0, 1).toUpperCase(), color };
  }
}
