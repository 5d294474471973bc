/**
 * The attack: a frame that two readers read in two ways. JSON does not say what two members of one name mean
 * (RFC 8259, section 4), so a frame with `"type"` twice is one message for the gateway and another for the
 * bus; and one that is nested ten thousand times deep is read by us and ends a Python reader. Such frames are
 * found here, and go nowhere.
 */
export type Scan =
  /** The members of the outermost object, as they are written. */
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, string> }
  | { readonly kind: 'fault'; readonly reason: string };

/** @param text JSON that has been parsed. @param deepest levels of objects and arrays. Pure. */
export function scanObject(text: string, deepest: number): Scan {
  if (!text.trimStart().startsWith('{')) return fault('it is no JSON object');
  const members = new Map<string, string>();
  /** Of each level that is open: its names so far; null for an array. */
  const open: (Set<string> | null)[] = [];
  let name: string | null = null;
  let from = 0;
  let awaitsName = false;
  const end = (at: number): void => {
    if (open.length === 1 && name !== null) members.set(name, text.slice(from, at).trim());
  };
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote: {
        const last = endOfString(text, at);
        const names = open.at(-1);
        if (awaitsName && names instanceof Set) {
          const read = nameIn(text.slice(at, last + 1));
          if (names.has(read)) return fault('it has one name twice');
          names.add(read);
          if (open.length === 1) name = read;
          awaitsName = false;
        }
        at = last;
        break;
      }
      case openBrace:
      case openBracket:
        awaitsName = text.charCodeAt(at) === openBrace;
        open.push(awaitsName ? new Set() : null);
        if (open.length > deepest) return fault('it is nested too deep');
        break;
      case closeBrace:
      case closeBracket:
        end(at);
        open.pop();
        awaitsName = false;
        break;
      case comma:
        end(at);
        awaitsName = open.at(-1) instanceof Set;
        break;
      case colon:
        if (open.length === 1) from = at + 1;
        break;
      default:
    }
  }
  return { kind: 'object', members };
}

const quote = 34;
const comma = 44;
const colon = 58;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

/** @param written with its quotes. Only an escape makes a name another text than it is written as. */
function nameIn(written: string): string {
  return written.includes('\\') ? String(JSON.parse(written)) : written.slice(1, -1);
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === backslash) at++;
    else if (code === quote) return at;
  }
  return text.length;
}

function fault(reason: string): Scan {
  return { kind: 'fault', reason };
}
