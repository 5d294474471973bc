/**
 * The attack: a link's secret in an address that is kept: a log, a Referer, a robot that looks at what people
 * send each other. So it stands in the fragment, which no browser sends.
 */
import { Secret } from '../../secret.ts';

/**
 * `https://host:port/_gatehouse/join/<id>#<secret>`. The text is a secret as a whole. Refuses an origin that
 * is not https.
 */
export function makeLinkUrl(origin: string, id: string, secret: Secret<string>): Secret<string> {
  if (!isOrigin(origin)) throw new Error('a share link needs an https origin');
  return new Secret(`${origin}/_gatehouse/join/${id}#${secret.reveal()}`);
}

function isOrigin(origin: string): boolean {
  return URL.canParse(origin) && new URL(origin).protocol === 'https:' && new URL(origin).origin === origin;
}
