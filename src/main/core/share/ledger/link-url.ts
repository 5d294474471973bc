/**
 * The attack: a link's secret in an address that is kept: a log, a Referer, a robot that looks at what people
 * send each other. So it stands in the fragment, which no browser sends, and what is parsed is taken apart
 * completely or not at all.
 */
import { GatehouseError } from '../../errors.ts';
import { Secret } from '../../secret.ts';

const start = '/_gatehouse/join/';
/** Longer ones are not looked at. */
const longest = 500;

export interface LinkUrl {
  /** `https://host:port` */
  readonly origin: string;
  readonly id: string;
  readonly secret: Secret<string>;
}

/** Path of the page that joins by this link, without the secret. */
export function joinPath(id: string): string {
  return start + id;
}

/** The id in the path of a request; null when it is no join page. A path that is nearly one is none. */
export function idOfJoinPath(path: string): string | null {
  return new RegExp(`^${start}([a-z2-7]{12})$`).exec(path)?.[1] ?? null;
}

/**
 * `https://host:port/_gatehouse/join/<id>#<secret>`. The text is a secret as a whole. Refuses an origin that
 * is not https.
 */
export function makeLinkUrl(origin: string, id: string, secret: Secret<string>): Secret<string> {
  if (!isOrigin(origin)) throw new Error('a share link needs an https origin');
  return new Secret(`${origin}${joinPath(id)}#${secret.reveal()}`);
}

function isOrigin(origin: string): boolean {
  return URL.canParse(origin) && new URL(origin).protocol === 'https:' && new URL(origin).origin === origin;
}

/**
 * Takes a link apart that somebody pasted. Refuses with kind `usage`, and repeats nothing of it: it may hold
 * a secret.
 */
export function parseLinkUrl(text: string): LinkUrl {
  const trimmed = text.trim();
  if (trimmed.length > longest || !URL.canParse(trimmed)) throw noLink();
  const url = new URL(trimmed);
  const id = idOfJoinPath(url.pathname);
  const secret = /^#([\w-]{43})$/.exec(url.hash)?.[1];
  const plain = url.username === '' && url.password === '' && url.search === '';
  if (url.protocol !== 'https:' || !plain || id === null || secret === undefined) throw noLink();
  return { origin: url.origin, id, secret: new Secret(secret) };
}

function noLink(): GatehouseError {
  return new GatehouseError('no-share-link', 'That is not a share link.', {
    kind: 'usage',
    nextStep: 'Copy the whole link again, with everything behind the #.',
  });
}
