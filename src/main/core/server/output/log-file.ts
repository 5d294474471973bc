import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { agedName, rotationOf } from '../../log/rotation.ts';
import { makeFolder } from '../../make-folder.ts';

export interface LogFileOptions {
  readonly path: string;
  /** Bytes after which a new file is begun. */
  readonly maxBytes: number;
  /** Older files that are kept, as `path.1`, `path.2`, ... */
  readonly kept: number;
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
  /** Told once when writing begins to fail, and once when it works again (null). */
  readonly onTrouble: (error: unknown) => void;
}

/** Characters that may wait for a slow disk; beyond it lines are counted instead. */
const maxWaiting = 1024 * 1024;
/** Milliseconds until a disk that refused is tried again. */
const retryAfter = 10_000;
const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;

/**
 * A bounded log in a 0600 file. It never throws, never waits and never stops anybody: a full disk costs
 * lines, not servers.
 */
export class LogFile {
  readonly #options: LogFileOptions;
  /** With how many of the server's lines each stands for. */
  #waiting: { readonly text: string; readonly lines: number }[] = [];
  #characters = 0;
  #lost = 0;
  #refusedAt: number | null = null;
  #writing: Promise<void> | null = null;

  constructor(options: LogFileOptions) {
    this.#options = options;
  }

  append(line: string): void {
    const refused = this.#refusedAt !== null && this.#options.now() - this.#refusedAt < retryAfter;
    if (refused || this.#characters + line.length > maxWaiting) {
      this.#lost += 1;
      return;
    }
    if (this.#lost > 0) {
      const text = `${new Date().toISOString()} gatehouse ${this.#lost} lines could not be kept here.`;
      this.#waiting.push({ text, lines: this.#lost });
      this.#lost = 0;
    }
    this.#waiting.push({ text: line, lines: 1 });
    this.#characters += line.length + 1;
    this.#writing ??= this.#write();
  }

  /** Resolves when what was appended so far is written or lost. */
  async flush(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  /** The last lines that are kept on disk, oldest first; none where nothing can be read. */
  async tail(count: number): Promise<string[]> {
    await this.flush();
    const lines: string[] = [];
    for (let age = 0; age <= this.#options.kept && lines.length < count; age += 1) {
      lines.unshift(...(await lastLines(agedName(this.#options.path, age), count - lines.length)));
    }
    return lines;
  }

  async #write(): Promise<void> {
    // One turn later, so that lines which come together are written together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      this.#characters = 0;
      try {
        await this.#add(Buffer.from(`${batch.map(entry => entry.text).join('\n')}\n`));
        if (this.#refusedAt !== null) this.#options.onTrouble(null);
        this.#refusedAt = null;
      } catch (error) {
        this.#lost += batch.reduce((sum, entry) => sum + entry.lines, 0);
        if (this.#refusedAt === null) this.#options.onTrouble(error);
        this.#refusedAt = this.#options.now();
      }
    }
    this.#writing = null;
  }

  /**
   * Opened for each batch: an idle server holds no file, and a log that somebody removed is simply begun
   * again.
   */
  async #add(bytes: Buffer): Promise<void> {
    const { path, maxBytes } = this.#options;
    await makeFolder(dirname(path));
    // A link in the log's place would make us write into somebody's file.
    const handle = await open(path, O_WRONLY | O_CREAT | O_APPEND | (O_NOFOLLOW ?? 0), 0o600);
    try {
      const status = await handle.stat();
      if (!status.isFile() || status.size === 0 || status.size + bytes.length <= maxBytes) {
        if (status.isFile()) await handle.chmod(0o600);
        await handle.appendFile(bytes);
        return;
      }
    } finally {
      await handle.close();
    }
    await this.#rotate();
    await this.#add(bytes);
  }

  async #rotate(): Promise<void> {
    const { path, kept } = this.#options;
    const { remove, moves } = rotationOf(path, kept);
    await rm(remove, { force: true });
    for (const { from, to } of moves) {
      await rename(from, to).catch((error: unknown) => {
        // An older file that is not there yet; but the newest must move, or it would grow without end.
        if (from === path) throw error;
      });
    }
  }
}

/** Reads from the end, at most 1 MiB: a log is looked at, not loaded. */
async function lastLines(path: string, count: number): Promise<string[]> {
  const handle = await open(path, 'r').catch(() => null);
  if (handle === null) return [];
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, 1024 * 1024);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    if (length < size) lines.shift();
    return lines.filter(line => line !== '').slice(-count);
  } catch {
    return [];
  } finally {
    await handle.close();
  }
}
