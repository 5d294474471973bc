/**
 * The attack: a tool that shows the link's secret with each of a thousand requests and spends a thousand uses, or one whose session is remembered after the link was taken back. So the session
 * that a token has opened is remembered, by hash and by address, and asked for each time; two requests at once redeem once.
 */
import type { JoinAnswer, PassVerdict } from '../share-ports.ts';
import { digestOf } from './digest.ts';

export interface ToolSessions {
  /** Null where this token has opened nothing from this address. */
  find(token: string, address: string): PassVerdict | null;
  /** The cookie of the session that it has opened; for a browser that came with a token in its address. */
  cookie(token: string, address: string): string | null;
  /** Redeems it, once for all who ask at the same time. Throws what `join` throws. */
  redeem(token: string, address: string): Promise<JoinAnswer>;
}

/** @param join spends a use of the link @param most sessions that are remembered; the oldest is forgotten, and spends a use when it comes back */
export function openToolSessions(
  look: (cookie: string) => PassVerdict,
  join: (id: string, secret: string, address: string) => Promise<JoinAnswer>,
  most = 2000,
): ToolSessions {
  const cookies = new Map<string, string>();
  const joining = new Map<string, Promise<JoinAnswer>>();
  const keyOf = (token: string, address: string): string => digestOf(`${address}\n${token}`).key;
  const keep = (key: string, answer: JoinAnswer): JoinAnswer => {
    if (answer.kind === 'in') cookies.set(key, answer.cookie.reveal());
    for (const oldest of cookies.keys()) {
      if (cookies.size <= most) break;
      cookies.delete(oldest);
    }
    return answer;
  };
  return {
    find(token, address) {
      const key = keyOf(token, address);
      const cookie = cookies.get(key);
      if (cookie === undefined) return null;
      const verdict = look(cookie);
      // The session is over, the link perhaps not: it may be used again, as a person may.
      if (verdict.open) return verdict;
      cookies.delete(key);
      return null;
    },
    cookie: (token, address) => cookies.get(keyOf(token, address)) ?? null,
    redeem(token, address) {
      const key = keyOf(token, address);
      const known = joining.get(key);
      if (known !== undefined) return known;
      const [id = '', secret = ''] = token.split('.');
      const fresh = join(id, secret, address)
        .then(answer => keep(key, answer))
        .finally(() => joining.delete(key));
      joining.set(key, fresh);
      return fresh;
    },
  };
}
