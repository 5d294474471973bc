/*
 * The attack: a page in the server's window leads the window itself to a foreign site that looks like Jupyter
 * and asks for a password; opens `file:`, `smb:` or another program through a scheme; opens hundreds of
 * browser tabs; or opens a window that nobody guards. Therefore a window never leaves its own origin, the
 * system browser gets three schemes and only after the user did something, and what nobody allowed is denied.
 */
import { originOf, parse } from './origin.ts';

export type Verdict =
  | { readonly kind: 'stay' }
  /** Give the address to the system browser; it is rewritten by the parser, never the raw text. */
  | { readonly kind: 'outside'; readonly url: string }
  | {
      readonly kind: 'deny';
      readonly reason: 'scheme' | 'no-gesture' | 'credentials' | 'unreadable' | 'own-pages';
    };

const outsideSchemes = new Set(['http:', 'https:', 'mailto:']);

/**
 * Milliseconds after the last click or key in which a page may send its user elsewhere (the browser's own
 * measure of a gesture).
 */
export const gestureWindow = 5000;

/** Where a navigation of a server's window, or a window that its page opens, may go. */
export function navigation(own: string, address: string, sinceGesture: number): Verdict {
  const url = parse(address);
  if (url === null) return { kind: 'deny', reason: 'unreadable' };
  if (originOf(address) === own && url.protocol === 'http:') return { kind: 'stay' };
  if (!outsideSchemes.has(url.protocol)) return { kind: 'deny', reason: 'scheme' };
  if (url.username !== '' || url.password !== '') return { kind: 'deny', reason: 'credentials' };
  if (sinceGesture > gestureWindow) return { kind: 'deny', reason: 'no-gesture' };
  return { kind: 'outside', url: url.href };
}

/** What Chromium makes of `window.open()` without an address, before the page says where its window goes. */
const emptyPages = new Set(['', 'about:blank', 'about:blank#blocked']);

/**
 * What a page may do with a window it opens. An empty one is opened in the same partition and under the same
 * guard.
 */
export function opening(own: string, address: string, sinceGesture: number): Verdict {
  if (emptyPages.has(address)) return { kind: 'stay' };
  return navigation(own, address, sinceGesture);
}

/** Frames inside a page: anything that a web page may show, but no scheme that reaches this computer. */
export function framing(address: string): Verdict {
  const url = parse(address);
  if (url === null) return { kind: 'deny', reason: 'unreadable' };
  const allowed = ['http:', 'https:', 'about:', 'blob:', 'data:'];
  return allowed.includes(url.protocol) ? { kind: 'stay' } : { kind: 'deny', reason: 'scheme' };
}
