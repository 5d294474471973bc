/**
 * Who is in a room and where their cursor is (y-protocols, awareness). A viewer is seen, and that is all.
 *
 * The attacks: a state under another one's number moves or removes the owner's cursor or speaks in the owner's name; a state that is no object
 * (`5`) ends the server's saving of the *owner's* changes (seen with jupyter-collaboration 5.0.4, and in a test); a state without
 * `autosave: false` has the server save what the owner, who has switched saving off, types; a picture's address may be fetched by the
 * owner's browser. So a viewer's state is said again from known fields, under one number a socket.
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

const word = z.string().max(200);
const colour = z
  .string()
  .regex(/^(?:#[0-9a-f]{3,8}|var\(--[\w-]{1,60}\)|(?:rgb|hsl)a?\([\d\s.,%/]{1,40}\)|[a-z]{1,30})$/i);
const user = z.object({
  username: word,
  name: word,
  display_name: word.catch(''),
  initials: z.string().max(10).nullable().catch(null),
  color: colour.nullable().catch(null),
});
/** A place in the document, as Yjs says it. */
const place = z
  .object({
    type: z.object({ client: z.number(), clock: z.number() }).nullish(),
    tname: word.nullish(),
    item: z.object({ client: z.number(), clock: z.number() }).nullish(),
    assoc: z.number().nullish(),
  })
  .nullish();
const cursor = z.object({
  anchor: place,
  head: place,
  primary: z.boolean().optional(),
  empty: z.boolean().optional(),
});
const viewerState = z.object({
  user: user.optional().catch(undefined),
  current: z.string().max(2000).nullish().catch(null),
  documents: z.array(z.string().max(2000)).max(200).optional().catch(undefined),
  cursors: z.array(cursor).max(100).optional().catch(undefined),
});
const marked = z.object({ gatehouse: z.literal('viewer') });
const saving = z.object({ autosave: z.boolean() });

/** What one socket has seen of the others in its room, and its own number. */
export class Presence {
  #own: number | null = null;
  /** Number to whether its changes are saved; only those who are no viewers. */
  readonly #others = new Map<number, boolean>();
  readonly #viewers = new Set<number>();

  /** What the server told this viewer. */
  seen(entries: readonly AwarenessEntry[]): void {
    for (const { id, state } of entries) {
      const known = this.#knows(id);
      if (id === this.#own || (!known && this.#others.size + this.#viewers.size >= entriesAtMost)) continue;
      if (marked.safeParse(state).success && !this.#others.has(id)) this.#viewers.add(id);
      else if (state === null) this.#others.delete(id);
      else {
        const save = saving.safeParse(state);
        this.#others.set(id, save.success ? save.data.autosave : true);
      }
    }
  }

  /** What the viewer says of itself, as it may be said; null where it speaks only of others (clients repeat what they hear). */
  own(entries: readonly AwarenessEntry[]): AwarenessEntry | null {
    const [first] = entries;
    if (this.#own === null && entries.length === 1 && first !== undefined && !this.#knows(first.id)) {
      this.#own = first.id;
    }
    const mine = entries.find(entry => entry.id === this.#own);
    if (mine === undefined) return null;
    if (mine.state === null) return mine;
    const state = viewerState.safeParse(mine.state);
    if (!state.success) return null;
    return { ...mine, state: { ...state.data, autosave: this.#wouldSave(), gatehouse: 'viewer' } };
  }

  #knows(id: number): boolean {
    return this.#others.has(id) || this.#viewers.has(id);
  }

  /** The server saves a change when somebody in the room wants that, or nobody is in it: a viewer's presence must not change the outcome. */
  #wouldSave(): boolean {
    return this.#others.size === 0 || [...this.#others.values()].some(Boolean);
  }
}
