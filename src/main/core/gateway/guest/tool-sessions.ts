/**
 * The attack: a tool that shows the link's secret with each of a thousand requests and spends a thousand
 * uses, or one whose session is remembered after the link was taken back. So the session that a token has
 * opened is remembered, by hash and by address, and asked for each time; two requests at once redeem once.
 * Each link has a share of what is remembered: one that is used from many addresses pushes out its own
 * sessions, and none of another link.
 */
import type { JoinAnswer, GuestSessionVerdict } from '../../share-ports.ts';
import { digestOf } from '../request/digest.ts';

export interface ToolSessions {
  /** Null where this token has opened nothing from this address. */
  find(token: string, address: string): GuestSessionVerdict | null;
  /** The cookie of the session that it has opened; for a browser that came with a token in its address. */
  cookie(token: string, address: string): string | null;
  /** Redeems it, once for all who ask at the same time. Throws what `join` throws. */
  redeem(token: string, address: string): Promise<JoinAnswer>;
}

/**
 * @param join spends a use of the link @param most sessions of one link that are remembered; the oldest is
 *   forgotten, and spends a use when it comes back
 */
export function openToolSessions(
  look: (cookie: string) => GuestSessionVerdict,
  join: (id: string, secret: string, address: string) => Promise<JoinAnswer>,
  most = 200,
): ToolSessions {
  const cookies = openCookies(most);
  const joining = new Map<string, Promise<JoinAnswer>>();
  const keyOf = (token: string, address: string): string => digestOf(`${address}\n${token}`).key;
  return {
    find(token, address) {
      const key = keyOf(token, address);
      const cookie = cookies.get(linkOf(token), key);
      if (cookie === null) return null;
      const verdict = look(cookie);
      // The session is over, the link perhaps not: it may be used again, as a person may.
      if (verdict.open) return verdict;
      cookies.forget(linkOf(token), key);
      return null;
    },
    cookie: (token, address) => cookies.get(linkOf(token), keyOf(token, address)),
    redeem(token, address) {
      const key = keyOf(token, address);
      const known = joining.get(key);
      if (known !== undefined) return known;
      const [id = '', secret = ''] = token.split('.');
      const fresh = join(id, secret, address)
        .then(answer => {
          if (answer.kind === 'in') cookies.keep(id, key, answer.cookie.reveal());
          return answer;
        })
        .finally(() => joining.delete(key));
      joining.set(key, fresh);
      return fresh;
    },
  };
}

function linkOf(token: string): string {
  return token.split('.')[0] ?? '';
}

interface Cookies {
  get(link: string, key: string): string | null;
  keep(link: string, key: string, cookie: string): void;
  forget(link: string, key: string): void;
}

/** By link, oldest first. Only a link that has opened something is here. */
function openCookies(most: number): Cookies {
  const links = new Map<string, Map<string, string>>();
  const forget = (link: string, key: string): void => {
    links.get(link)?.delete(key);
    if (links.get(link)?.size === 0) links.delete(link);
  };
  return {
    forget,
    get: (link, key) => links.get(link)?.get(key) ?? null,
    keep(link, key, cookie) {
      const kept = links.get(link) ?? new Map<string, string>();
      links.set(link, kept);
      kept.delete(key);
      kept.set(key, cookie);
      for (const oldest of kept.keys()) {
        if (kept.size <= most) break;
        forget(link, oldest);
      }
    },
  };
}
