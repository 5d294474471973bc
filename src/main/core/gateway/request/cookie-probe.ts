/**
 * The fault: a browser that keeps no cookies. It is signed in, forgets it with the next request and is led to
 * the sign-in again, forever; a link that works once is spent on the way. So before anything is used up a
 * cookie of no worth is set, with the very attributes of the session's, and has to come back.
 */
import { sessionCookieValues, setGuestCookie } from './cookies.ts';

const name = 'gatehouse-probe';
const secureName = `__Host-${name}`;

/**
 * A `Set-Cookie` line of an answer. It opens nothing, and any script of this origin may plant it: then a link
 * is used up that need not have been.
 */
export function setProbe(secure: boolean): readonly [string, string] {
  const cookie = secure ? setGuestCookie(secureName, '1') : `${name}=1; HttpOnly; SameSite=Lax; Path=/`;
  return ['Set-Cookie', cookie];
}

/**
 * Whether the probe has come back, or a session's cookie, which shows as much when it has ended. @param
 * header `Cookie` as it was sent
 */
export function showsProbe(header: string | undefined, secure: boolean, session: string): boolean {
  const values = (wanted: string): readonly string[] => sessionCookieValues(header ?? '', wanted);
  return values(secure ? secureName : name).includes('1') || values(session).length > 0;
}
