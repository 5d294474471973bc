/**
 * Attacks: a server's name or a header with a line end in it forges a line of the log; control and direction
 * characters rewrite what an administrator sees in a terminal; a flood fills the disk; a full disk takes the
 * core down with it. So: one JSON value a line, everything outside printable text escaped, every length
 * capped, files that rotate, and no error ever thrown at the caller.
 */
import { closeSync, constants, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { visible } from '../../../shared/visible.ts';
import { systemCode } from '../files.ts';
import type { Clock, Log, Redactor } from '../ports.ts';
import { tidy } from './log-value.ts';
import { rotationOf } from './rotation.ts';

export interface LogOptions {
  readonly file: string;
  readonly redactor: Redactor;
  readonly clock?: Clock;
  /** A file that would grow over this is put aside as `<file>.1`. */
  readonly maxBytes: number;
  /** How many files are kept beside the current one; the oldest goes. */
  readonly kept: number;
  /** Gets every line in a form for people, for a terminal. */
  readonly echo?: (line: string) => void;
}

/** The log, with a way to close its file. Lines after that are dropped. */
export interface FileLog extends Log {
  close(): void;
}

type Level = 'info' | 'warn' | 'error';
type Fields = Readonly<Record<string, unknown>>;

export function createLog(options: LogOptions): FileLog {
  const { redactor, clock = Date.now, echo = () => undefined } = options;
  const sink = createSink(options, problem =>
    echo(`The log cannot be written: ${problem}. Gatehouse goes on without it.`),
  );

  function write(level: Level, message: string, fields: Fields): void {
    try {
      const text = tidy(message, redactor);
      const entry = { at: new Date(clock()).toISOString(), level, message: text, ...named(fields, redactor) };
      sink.write(`${visible(JSON.stringify(entry))}\n`);
      echo(visible(`${level === 'info' ? '' : `${level}: `}${String(text)}`.replaceAll(/[\r\n]+/g, ' ')));
    } catch {
      // A log that throws would turn each warning into a failure of what it warned about.
    }
  }

  return {
    info: (message, fields = {}) => write('info', message, fields),
    warn: (message, fields = {}) => write('warn', message, fields),
    error: (message, fields = {}) => write('error', message, fields),
    close: () => sink.close(),
  };
}

function named(fields: Fields, redactor: Redactor): { readonly fields?: unknown } {
  const tidied = tidy(fields, redactor);
  return Object.keys(fields).length === 0 ? {} : { fields: tidied };
}

interface Sink {
  write(line: string): void;
  close(): void;
}

/**
 * Written at once and in order, so that the last line before a crash is there. A failure is told once; what
 * was lost meanwhile is counted and said by the first line that can be written again.
 */
function createSink(options: LogOptions, tell: (problem: string) => void): Sink {
  const { file, maxBytes, kept } = options;
  let open: { readonly descriptor: number; size: number } | null = null;
  let closed = false;
  let lost = 0;
  let torn = false;

  function opened(): { readonly descriptor: number; size: number } {
    if (open !== null) return open;
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
    const descriptor = openSync(file, flags, 0o600);
    open = { descriptor, size: fstatSync(descriptor).size };
    return open;
  }

  function close(): void {
    if (open !== null) closeSync(open.descriptor);
    open = null;
  }

  function append(line: string): void {
    const note =
      lost === 0 ? '' : `${JSON.stringify({ level: 'warn', message: `${lost} lines were lost here.` })}\n`;
    const bytes = Buffer.from(`${torn ? '\n' : ''}${note}${line}`);
    if (opened().size > 0 && opened().size + bytes.length > maxBytes) {
      close();
      rotate(file, kept);
    }
    const target = opened();
    const written = writeSync(target.descriptor, bytes);
    target.size += written;
    torn = written < bytes.length;
    if (torn) throw Object.assign(new Error('only a part could be written'), { code: 'ENOSPC' });
    lost = 0;
  }

  return {
    write(line) {
      if (closed) return;
      try {
        append(line);
      } catch (error) {
        if (lost === 0) tell(systemCode(error) === 'ENOSPC' ? 'the disk is full' : systemCode(error));
        lost += 1;
      }
    },
    close() {
      closed = true;
      close();
    },
  };
}

function rotate(file: string, kept: number): void {
  const { remove, moves } = rotationOf(file, kept);
  rmSync(remove, { force: true });
  for (const { from, to } of moves) moveIfThere(from, to);
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}
