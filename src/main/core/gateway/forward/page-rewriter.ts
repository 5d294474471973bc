/**
 * Applications of two ports write the address of the second one into their page. The attack: a rewriter that
 * touches more than was declared, or that holds a page back until the memory is full. So whole declared texts
 * are looked for, as they are written, and nothing else is read; what is kept is shorter than the longest of
 * them, and the result does not depend on how the page was cut into pieces.
 */
import type { PageRewrite } from '../../ports.ts';
import { plainAddress } from '../../share/network/address-range.ts';
import type { Facts } from '../request/facts.ts';

interface Replacement {
  readonly from: Buffer;
  readonly to: Buffer;
}

export class PageRewriter {
  /** Whether anything that was declared has been seen. */
  found = false;
  readonly #replacements: readonly Replacement[];
  readonly #longest: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(rewrite: PageRewrite, facts: OwnerGatewayState & Pick<Facts, 'client'>) {
    const values = { ...valuesOf(facts), client: farAddress(facts.client) };
    this.#replacements = rewrite.texts
      .filter(({ from }) => from !== '')
      .map(({ from, to }) => ({ from: Buffer.from(from), to: Buffer.from(fillDoor(to, values)) }));
    this.#longest = Math.max(1, ...this.#replacements.map(({ from }) => from.length));
  }

  /** What can be sent on now. */
  push(chunk: Buffer): Buffer {
    const bytes = Buffer.concat([this.#rest, chunk]);
    // A text that begins behind this may not be here whole.
    const settled = Math.max(0, bytes.length - this.#longest + 1);
    const { out, at } = this.#replace(bytes, settled);
    // A copy: the piece itself may be long, and what is kept of it is short.
    this.#rest = Buffer.from(bytes.subarray(at));
    return out;
  }

  end(): Buffer {
    const { out } = this.#replace(this.#rest, this.#rest.length);
    this.#rest = Buffer.alloc(0);
    return out;
  }

  /** Everything that begins before `settled`. */
  #replace(bytes: Buffer, settled: number): { readonly out: Buffer; readonly at: number } {
    const out: Buffer[] = [];
    let at = 0;
    for (;;) {
      const next = this.#first(bytes, at);
      if (next === null || next.index >= settled) break;
      this.found = true;
      out.push(bytes.subarray(at, next.index), next.to);
      at = next.index + next.from.length;
    }
    const until = Math.max(at, settled);
    out.push(bytes.subarray(at, until));
    return { out: Buffer.concat(out), at: until };
  }

  #first(bytes: Buffer, at: number): (Replacement & { readonly index: number }) | null {
    let best: (Replacement & { readonly index: number }) | null = null;
    for (const replacement of this.#replacements) {
      const index = bytes.indexOf(replacement.from, at);
      if (index >= 0 && (best === null || index < best.index)) best = { ...replacement, index };
    }
    return best;
  }
}

type OwnerGatewayState = Pick<Facts, 'host' | 'scheme'>;
type Values = Readonly<Record<'hostname' | 'port' | 'ws' | 'client', string>>;

/**
 * The gateway as the client addressed it: a name of the allow-list, so nothing in it can end a string of the
 * page.
 */
function valuesOf({ host, scheme }: OwnerGatewayState): Omit<Values, 'client'> {
  const [, hostname = host, port] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
  const usual = scheme === 'https' ? '443' : '80';
  return { hostname, port: port ?? usual, ws: scheme === 'https' ? 'wss' : 'ws' };
}

/**
 * The attack: a page takes whoever is at an address of this computer for its owner, and a guest who comes
 * through a tunnel or a proxy of this computer has such an address. A server may compare only the end of it.
 */
function farAddress(client: string): string {
  const address = plainAddress(client);
  const near = address === null || /^(?:::1$|(?:.*[:.])?127\.\d+\.\d+\.\d+$)/.test(address);
  return near ? 'guest' : address;
}

function fillDoor(text: string, values: Values): string {
  return text.replaceAll(/\{(hostname|port|ws|client)\}/g, (_whole, name: keyof Values) => values[name]);
}

/** A path of a branch at the gateway that was addressed. */
export function branchPath(path: string, facts: OwnerGatewayState): string {
  return path.replaceAll('{port}', valuesOf(facts).port);
}

/** What is left out of a request for a page that is rewritten: it has to come whole and plain. */
export const rewrittenRequest: readonly string[] = [
  'accept-encoding',
  'range',
  'if-range',
  'if-none-match',
  'if-match',
  'if-modified-since',
  'if-unmodified-since',
];

const ofTheBytes: ReadonlySet<string> = new Set([
  'content-length',
  'etag',
  'last-modified',
  'accept-ranges',
  'content-md5',
  'digest',
  'content-digest',
  'repr-digest',
]);

/** Without what is only true of the bytes as the server sent them. Name and value alternating. */
export function withoutByteFacts(headers: readonly string[]): string[] {
  return headers.filter(
    (_text, index) => !ofTheBytes.has((headers[index - (index % 2)] ?? '').toLowerCase()),
  );
}
