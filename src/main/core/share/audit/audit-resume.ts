/**
 * The fault: a SIGKILL in mid-line. The attack: an end that was cut off while nothing ran. Where the chain
 * ends is worked out from what is there and from the counts that were kept aside, and what is missing or
 * broken is said by the first line that goes on.
 */
import {
  digestOfPiece,
  latestHead,
  noLine,
  readHead,
  readLine,
  type ChainEnd,
  type Head,
} from './audit-chain.ts';
import type { OwnEvent } from './audit-entry.ts';
import type { AuditFile } from './audit-verify.ts';
import type { AuditKey } from '../ledger/retired-keys.ts';

export interface Resumed {
  /** The next line carries the seal of this one, and its number unless something is missing. */
  readonly end: ChainEnd;
  /** Number of the oldest line. */
  readonly from: number;
  /** What has to be written before the first line: the line end of a piece that was cut. */
  readonly before: '' | '\n';
  readonly events: readonly OwnEvent[];
  /** There are files, and nothing in them is ours: a key of another time. They have to be put aside. */
  readonly foreign: boolean;
}

/** Pure. */
export function resume(
  files: readonly AuditFile[],
  keys: readonly AuditKey[],
  heads: readonly (string | null)[],
): Resumed {
  const head = latestHead(heads.map(text => readHead(text, keys)));
  const found = lastLine(files, keys);
  const something = files.some(file => file.text.trim() !== '');
  if (found === null) {
    const lost = head !== null && head.n > 0;
    const reason = something ? 'no line before it is of this installation' : 'there was no log';
    return {
      end: { n: lost ? head.n : 0, mac: '' },
      from: 1,
      before: '',
      events: [
        ...(lost ? [{ event: 'cut-found' as const, expected: head.n, found: 0 }] : []),
        { event: 'chain-started', reason },
      ],
      foreign: something,
    };
  }
  const { end, piece, closed } = found;
  const torn: OwnEvent[] =
    piece === '' ? [] : [{ event: 'torn', bytes: Buffer.byteLength(piece), digest: digestOfPiece(piece) }];
  return {
    end: { n: Math.max(end.n, head?.n ?? 0), mac: end.mac },
    from: head?.from ?? 1,
    before: closed ? '' : '\n',
    events: [...torn, ...cutEvent(end, head)],
    foreign: false,
  };
}

/**
 * The count is written after the line, and before the first: so it is never ahead, and never missing, unless
 * somebody took something.
 */
function cutEvent(end: ChainEnd, head: Head | null): readonly OwnEvent[] {
  if (head !== null && head.n <= end.n) return [];
  return [{ event: 'cut-found', expected: head?.n ?? null, found: end.n }];
}

interface Found {
  readonly end: ChainEnd;
  /** What comes after the last good line and is none, without its last line end. */
  readonly piece: string;
  readonly closed: boolean;
}

function lastLine(files: readonly AuditFile[], keys: readonly AuditKey[]): Found | null {
  const after: string[] = [];
  let closed = true;
  for (const file of files.toReversed()) {
    const texts = file.text.split('\n');
    const tail = texts.pop() ?? '';
    if (tail !== '') {
      texts.push(tail);
      if (file === files.at(-1)) closed = false;
    }
    for (const text of texts.toReversed()) {
      const line = readLine(text, keys);
      if (line !== null) return { end: { n: line.n, mac: line.mac }, piece: after.join('\n'), closed };
      after.unshift(text);
    }
  }
  return null;
}

/** Where a chain without a line begins. */
export const freshHead: Head = { ...noLine, from: 1 };
