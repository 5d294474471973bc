/**
 * For which origin the browser session of each server was last used. A small file of the shell's own; a
 * broken one counts as none.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export class SessionOrigins {
  readonly #file: string;
  readonly #origins: Map<string, string>;

  constructor(file: string) {
    this.#file = file;
    this.#origins = read(file);
  }

  get(server: string): string | null {
    return this.#origins.get(server) ?? null;
  }

  set(server: string, origin: string): void {
    this.#origins.set(server, origin);
    this.#save();
  }

  forget(server: string): void {
    if (this.#origins.delete(server)) this.#save();
  }

  #save(): void {
    mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    const fresh = `${this.#file}.new`;
    writeFileSync(fresh, JSON.stringify(Object.fromEntries(this.#origins), null, 2), { mode: 0o600 });
    renameSync(fresh, this.#file);
  }
}

function read(file: string): Map<string, string> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value !== 'object' || value === null) return new Map();
    const entries: [string, unknown][] = Object.entries(value);
    return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return new Map();
  }
}
