import {
  digestOfPiece,
  latestHead,
  noLine,
  readHead,
  readLine,
  type AuditLine,
  type Head,
  type ChainEnd,
} from './audit-chain.ts';
import type { AuditKey } from '../ledger/retired-keys.ts';

export interface AuditFile {
  readonly name: string;
  readonly text: string;
}

export type AuditFault =
  /** A line is not as it was written, or is none of ours. */
  | 'changed'
  | 'removed'
  | 'reordered'
  /** Lines are missing at the end. */
  | 'cut'
  /** Lines are missing at the beginning. */
  | 'beginning-missing'
  /** The count that is kept aside is gone, or not ours. */
  | 'no-count'
  /** Signed with a key that had been rotated away by then. */
  | 'old-key';

export type AuditVerdict =
  | { readonly whole: true; readonly lines: number }
  | { readonly whole: false; readonly file: string; readonly line: number; readonly reason: AuditFault };

/** What was read and not understood since the last good line. */
interface Piece {
  readonly file: string;
  readonly line: number;
  readonly texts: string[];
  /** False while its last text has no line end: as a crash leaves it. */
  ended: boolean;
}

interface Walk {
  readonly keys: readonly AuditKey[];
  readonly head: Head;
  last: ChainEnd;
  key: number;
  lines: number;
  piece: Piece | null;
}

/**
 * Checks the whole log. Pure.
 *
 * @param files oldest first
 * @param heads the counts that were kept aside
 */
export function verify(
  files: readonly AuditFile[],
  keys: readonly AuditKey[],
  heads: readonly (string | null)[],
): AuditVerdict {
  const head = latestHead(heads.map(text => readHead(text, keys)));
  const end = files.at(-1)?.name ?? '';
  if (head === null) {
    return files.some(file => file.text !== '') || heads.some(text => text !== null)
      ? { whole: false, file: files[0]?.name ?? '', line: 1, reason: 'no-count' }
      : { whole: true, lines: 0 };
  }
  const walk: Walk = { keys, head, last: noLine, key: 0, lines: 0, piece: null };
  let line = 0;
  for (const file of files) {
    const texts = file.text.split('\n');
    const tail = texts.pop() ?? '';
    line = 0;
    for (const text of texts) {
      line += 1;
      const reason = step(walk, text, file.name, line);
      if (reason !== null) return broken(walk, file.name, line, reason);
    }
    if (tail !== '') {
      line += 1;
      const reason = step(walk, tail, file.name, line);
      if (reason !== null) return broken(walk, file.name, line, reason);
      if (walk.piece !== null && file === files.at(-1)) walk.piece.ended = false;
    }
  }
  if (walk.piece !== null && (walk.piece.ended || walk.piece.texts.length > 1)) {
    return broken(walk, end, line, 'changed');
  }
  if (walk.last.n < head.n) return { whole: false, file: end, line: line + 1, reason: 'cut' };
  return { whole: true, lines: walk.lines };
}

/** A piece that nothing explains is where the fault is. */
function broken(walk: Walk, file: string, line: number, reason: AuditFault): AuditVerdict {
  const { piece } = walk;
  return piece === null
    ? { whole: false, file, line, reason }
    : { whole: false, file: piece.file, line: piece.line, reason: 'changed' };
}

function step(walk: Walk, text: string, file: string, line: number): AuditFault | null {
  const read = readLine(text, walk.keys);
  if (read === null) {
    walk.piece ??= { file, line, texts: [], ended: true };
    walk.piece.texts.push(text);
    return null;
  }
  const torn = tornFault(walk, read);
  if (torn !== null) return torn;
  walk.piece = null;
  const fault = placeFault(walk, read);
  if (fault !== null) return fault;
  if (read.event === 'cut-found') return 'cut';
  if (read.n === walk.head.n && read.mac !== walk.head.mac) return 'changed';
  walk.last = read;
  walk.key = read.key;
  walk.lines += 1;
  return null;
}

/** A piece has to be followed by the line that tells of it, and that line by nothing else. */
function tornFault(walk: Walk, read: AuditLine): AuditFault | null {
  if (walk.piece === null) return read.event === 'torn' ? 'removed' : null;
  const piece = walk.piece.texts.join('\n');
  const told = read.event === 'torn' && read.fields['digest'] === digestOfPiece(piece);
  return told ? null : 'changed';
}

function placeFault(walk: Walk, read: AuditLine): AuditFault | null {
  if (walk.lines === 0 && read.n !== 1) {
    // Old files go by rotation, and the count knows up to where.
    if (read.event === 'cut-found') return 'cut';
    return read.n <= walk.head.from ? null : 'beginning-missing';
  }
  if (read.n <= walk.last.n) return 'reordered';
  if (read.event === 'cut-found') return 'cut';
  if (read.n !== walk.last.n + 1 || read.prev !== walk.last.mac) return 'removed';
  return read.key < walk.key ? 'old-key' : null;
}
