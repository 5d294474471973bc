/**
 * Attack: a session ticket is the session's keys, sealed with a key of the server. Who learns that key later
 * opens every recorded session that was resumed with it (TLS 1.2), so it must not live as long as the
 * process.
 */
import { randomBytes } from 'node:crypto';

/** What `tls.Server` has. */
export interface TicketServer {
  setTicketKeys(keys: Buffer): unknown;
}

/** Node's format: 16 bytes of name, 16 of AES, 16 of HMAC. */
const keyBytes = 48;

/** A quarter of a day; a guest with an older ticket makes one full handshake and notices nothing. */
export const ticketLifeMs = 6 * 3_600_000;

/** Gives the server new ticket keys now and again at each turn, until the answer is called. */
export function rotateTicketKeys(
  server: TicketServer,
  options: { readonly everyMs?: number; readonly random?: (size: number) => Buffer } = {},
): () => void {
  const { everyMs = ticketLifeMs, random = randomBytes } = options;
  const turn = (): void => {
    server.setTicketKeys(random(keyBytes));
  };
  turn();
  const timer = setInterval(turn, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
