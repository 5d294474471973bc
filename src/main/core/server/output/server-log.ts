import type { LogLine } from '../../../../shared/model.ts';
import type { Clock, Log, Redactor } from '../../ports.ts';
import { LogFile } from './log-file.ts';
import { cleanLine, Recent } from './output-lines.ts';

export interface ServerLogOptions {
  readonly path: string;
  readonly maxBytes: number;
  readonly kept: number;
  readonly name: string;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly now: () => number;
  readonly log: Log;
  readonly onLine: (line: LogLine) => void;
}

/**
 * What one server wrote and what happened to it: the last lines at hand, more of them in a bounded file.
 * Nothing gets in unredacted.
 */
export class ServerLog {
  readonly #options: ServerLogOptions;
  readonly #file: LogFile;
  readonly #recent = new Recent<LogLine>(1000, 512 * 1024);
  #ofThisRun = new Recent<LogLine>(40, 64 * 1024);

  constructor(options: ServerLogOptions) {
    this.#options = options;
    const { path, maxBytes, kept, now } = options;
    this.#file = new LogFile({ path, maxBytes, kept, now, onTrouble: error => this.#fileTrouble(error) });
  }

  beginRun(): void {
    this.#ofThisRun = new Recent<LogLine>(40, 64 * 1024);
  }

  add(from: LogLine['from'], raw: string): void {
    const line = this.#keep(from, raw);
    if (from === 'server') this.#ofThisRun.push(line);
    this.#file.append(`${line.at} ${line.from} ${line.text}`);
  }

  /** The server's own last lines of the present run, oldest first. */
  lastOfRun(): string[] {
    return this.#ofThisRun.last(40).map(line => line.text);
  }

  async last(count: number): Promise<readonly LogLine[]> {
    if (count <= this.#recent.size) return this.#recent.last(count);
    const kept = (await this.#file.tail(count)).flatMap(text => parseLine(text) ?? []);
    return kept.length > this.#recent.size ? kept : this.#recent.last(count);
  }

  flush(): Promise<void> {
    return this.#file.flush();
  }

  #keep(from: LogLine['from'], raw: string): LogLine {
    const text = cleanLine(raw, line => this.#options.redactor.redact(line));
    const line: LogLine = { at: new Date(this.#options.clock()).toISOString(), from, text };
    this.#recent.push(line);
    this.#options.onLine(line);
    return line;
  }

  #fileTrouble(error: unknown): void {
    const { log, path, name } = this.#options;
    if (error === null) {
      log.info('The log of a server can be written again.', { server: name, path });
      return;
    }
    const why = error instanceof Error ? error.message : 'for a reason that the system does not name';
    log.warn('The log of a server cannot be written; the server goes on without it.', {
      server: name,
      path,
      why,
    });
    this.#keep(
      'gatehouse',
      `The log "${path}" cannot be written (${why}). The server goes on; only its last lines are kept.`,
    );
  }
}

export function parseLine(text: string): LogLine | null {
  const found = /^(\S+Z) (server|gatehouse) (.*)$/u.exec(text);
  const [, at, from, rest] = found ?? [];
  if (at === undefined || rest === undefined || (from !== 'server' && from !== 'gatehouse')) return null;
  return { at, from, text: rest };
}
