/** The header lines of a request as they came, of which each is looked at once. */

/** Headers of which two lines would be ambiguous, and where their value is put. */
const single = {
  host: 'host',
  origin: 'origin',
  referer: 'referer',
  authorization: 'authorization',
  'x-gatehouse-token': 'token',
  'content-length': 'length',
  'transfer-encoding': 'coding',
  'content-type': 'contentType',
  'sec-fetch-site': 'site',
  'sec-fetch-mode': 'mode',
  'sec-fetch-dest': 'dest',
} as const;

const singles: ReadonlyMap<string, (typeof single)[keyof typeof single]> = new Map(Object.entries(single));

/**
 * The header values that decide something. A class with fixed fields, not a Map: this is filled for each
 * request.
 */
export class Found {
  readonly names: string[] = [];
  readonly #lines: readonly string[];
  /** A name of which there are two lines although two would be ambiguous. */
  twice: string | null = null;
  host: string | null = null;
  origin: string | null = null;
  referer: string | null = null;
  authorization: string | null = null;
  token: string | null = null;
  cookie: string | null = null;
  accept = '';
  length: string | null = null;
  coding: string | null = null;
  contentType: string | null = null;
  site: string | null = null;
  mode: string | null = null;
  dest: string | null = null;
  /** `Service-Worker` was sent, whatever it says. */
  worker = false;
  subprotocols = '';
  userAgent = '';
  forwardedFor = '';
  forwardedProto = '';

  /** @param rawHeaders name and value alternating */
  constructor(rawHeaders: readonly string[]) {
    this.#lines = rawHeaders;
  }

  /**
   * The values of every line with one of these names, in any `-` or `_` spelling, in order; empty ones say
   * nothing.
   */
  valuesOf(names: ReadonlySet<string>): readonly string[] {
    if (names.size === 0) return none;
    return this.names.flatMap((name, index) => {
      const value = (this.#lines[2 * index + 1] ?? '').trim();
      return names.has(name.replaceAll('_', '-')) && value !== '' ? [value] : [];
    });
  }
}

const none: readonly string[] = [];

export function collect(rawHeaders: readonly string[]): Found {
  const found = new Found(rawHeaders);
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    found.names.push(name);
    note(found, name, rawHeaders[index + 1] ?? '');
  }
  return found;
}

function note(found: Found, name: string, value: string): void {
  const field = singles.get(name);
  if (field !== undefined) {
    if (found[field] !== null) found.twice = name;
    found[field] = value;
    return;
  }
  switch (name) {
    case 'cookie':
      found.cookie = found.cookie === null ? value : `${found.cookie}; ${value}`;
      return;
    case 'accept':
      found.accept = value;
      return;
    case 'user-agent':
      found.userAgent = value;
      return;
    case 'service-worker':
      found.worker = true;
      return;
    case 'sec-websocket-protocol':
      found.subprotocols += `,${value}`;
      return;
    case 'x-forwarded-for':
      found.forwardedFor += `,${value}`;
      return;
    case 'x-forwarded-proto':
      found.forwardedProto += `,${value}`;
      return;
    default:
  }
}
