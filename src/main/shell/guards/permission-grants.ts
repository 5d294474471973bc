/**
 * What the owner answered when a server's page asked for a permission. Kept as a small file of the shell's
 * own; a broken one counts as no answer.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export class Grants {
  readonly #file: string;
  readonly #answers: Map<string, boolean>;

  constructor(file: string) {
    this.#file = file;
    this.#answers = read(file);
  }

  get(server: string, permission: string): boolean | null {
    return this.#answers.get(`${server} ${permission}`) ?? null;
  }

  set(server: string, permission: string, allowed: boolean): void {
    this.#answers.set(`${server} ${permission}`, allowed);
    this.#save();
  }

  /** A server that is forgotten takes its grants with it: the next one of that name asks anew. */
  forget(server: string): void {
    const keys = Array.from(this.#answers.keys()).filter(key => key.startsWith(`${server} `));
    for (const key of keys) this.#answers.delete(key);
    if (keys.length > 0) this.#save();
  }

  #save(): void {
    mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    const fresh = `${this.#file}.new`;
    writeFileSync(fresh, JSON.stringify(Object.fromEntries(this.#answers), null, 2), { mode: 0o600 });
    renameSync(fresh, this.#file);
  }
}

function read(file: string): Map<string, boolean> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value !== 'object' || value === null) return new Map();
    const entries: [string, unknown][] = Object.entries(value);
    return new Map(entries.filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean'));
  } catch {
    return new Map();
  }
}
