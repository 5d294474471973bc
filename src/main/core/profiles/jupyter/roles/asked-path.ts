/**
 * The attack: a path that is judged in one reading and served in another. `/api/contents/%2e%2e/x`,
 * `//api/shutdown`, `/API/...`, `/lab/..%2fapi/shutdown`, `%252e%252e` (decoded twice by whatever stands
 * behind), `?_method=DELETE`. Jupyter's router matches the path as it was sent and decodes the pieces once;
 * extensions may do otherwise. So a guest's path must have one reading however often it is decoded.
 */
import { formDecoded } from '../../../text/percent.ts';

/**
 * A path of one reading. The pieces are as they were sent; a slash at the end is left out (Jupyter redirects
 * or means the same).
 */
export type AskedPath = readonly string[];

const longest = 4096;
const rounds = 4;

/** The pieces between the slashes; null for a path that two programs may read differently. */
export function readPath(path: string): AskedPath | null {
  if (path.length > longest || !/^\/[\u0021-\u007e]*$/.test(path) || /[\\?#]/.test(path)) return null;
  if (path === '/') return [];
  const pieces = path.slice(1).split('/');
  if (pieces.at(-1) === '') pieces.pop();
  return pieces.every(hasOneReading) ? pieces : null;
}

function hasOneReading(piece: string): boolean {
  let text = piece;
  for (let round = 0; round <= rounds; round++) {
    if (!isPlain(text)) return false;
    if (!text.includes('%')) return true;
    const decoded = decode(text);
    // `100%25.txt` is a file called `100%.txt`; a stray percent sign in what was sent is nobody's name.
    if (decoded === null) return round > 0;
    text = decoded;
  }
  return false;
}

/** No empty piece, no step up or in place, no second slash, nothing unprintable. */
function isPlain(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text !== '' && text !== '.' && text !== '..' && !/[/\\\u0000-\u001f\u007f]/.test(text);
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Headers by which some servers let a GET be something else; in lower case with `-` for every odd mark. */
export const overrideHeaders: readonly string[] = [
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
];

/**
 * The same in the query. Jupyter knows none of them; an extension's framework may. Some begin a new name at
 * `;`, PHP reads every odd mark in a name as `_` (`.method`) and ends it at a zero byte or a bracket.
 */
export function overridesMethod(query: string): boolean {
  if (query === '') return false;
  return query.split(/[&;]|%3b/i).some(pair => {
    const name = formDecoded(formDecoded(pair.split('=', 1)[0] ?? ''))
      .toLowerCase()
      .trim();
    const plain = (name.split('\0', 1)[0] ?? '').replace(/\[.*/s, '').replaceAll(/[^a-z0-9]/g, '-');
    return plain === '-method' || overrideHeaders.includes(plain);
  });
}
