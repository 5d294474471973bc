/**
 * The attack: exhaust the gateway instead of breaking in. Endless headers, a request line that never ends, a
 * body that stops half-way, an answer that nobody reads, a flood of guesses. Every wait and every table of
 * the gateway has a bound, and it is here.
 */
export interface Limits {
  /** Bytes of all headers together; more is 431. */
  readonly headerBytes: number;
  /** Number of header lines; more is 431. */
  readonly headerCount: number;
  /** Until the last header has arrived; then 408. */
  readonly headersMs: number;
  /** An idle connection between two requests. */
  readonly keepAliveMs: number;
  /** A request body of which nothing more comes. The whole body may take as long as it needs. */
  readonly bodyIdleMs: number;
  /**
   * An answer or WebSocket of which the client takes nothing more. Long, because a browser's paused download
   * looks like this.
   */
  readonly stalledMs: number;
  /** Until a server answers a WebSocket handshake. */
  readonly handshakeMs: number;
  /** A WebSocket that one side has ended and the other has not. */
  readonly halfClosedMs: number;
  /**
   * Until a WebSocket message of a guest whose role reads along has ended; a message that is still coming may
   * take twice as long.
   */
  readonly messageMs: number;
  /** How often idle bodies and stalled answers are looked for. */
  readonly sweepMs: number;
  /** Connections in all; one more, and the oldest that has shown no right credential goes. */
  readonly connections: number;
  /**
   * Requests on one connection whose answers are not sent yet, before a right credential was shown on it. No
   * browser sends a second.
   */
  readonly pipelined: number;
  /** The same afterwards. */
  readonly pipelinedTrusted: number;
  /** Until a connection that has shown no right credential has taken an answer. */
  readonly strangerMs: number;
  /** Until the body of a posted form has arrived. */
  readonly formMs: number;
  /** Bytes of a posted form of Gatehouse's own pages. */
  readonly formBytes: number;
  readonly sessionIdleMs: number;
  readonly sessionMs: number;
  /** Sessions kept; the one unused for longest makes room. */
  readonly sessions: number;
  readonly codeMs: number;
  /** One-time links outstanding; the oldest makes room. */
  readonly codes: number;
  /** Wrong credentials that one address may show within `failureWindowMs`. A right one is always taken. */
  readonly failures: number;
  readonly failureWindowMs: number;
  /** Addresses remembered for their failures. */
  readonly addresses: number;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

export const defaultLimits: Limits = {
  headerBytes: 32 * 1024,
  headerCount: 100,
  headersMs: 20 * second,
  keepAliveMs: 75 * second,
  bodyIdleMs: 5 * minute,
  stalledMs: 30 * minute,
  handshakeMs: 60 * second,
  halfClosedMs: 10 * second,
  messageMs: minute,
  sweepMs: 15 * second,
  connections: 1024,
  pipelined: 8,
  pipelinedTrusted: 64,
  strangerMs: 30 * second,
  formMs: 10 * second,
  formBytes: 8 * 1024,
  sessionIdleMs: 12 * hour,
  sessionMs: 30 * 24 * hour,
  sessions: 256,
  codeMs: 10 * minute,
  codes: 32,
  failures: 20,
  failureWindowMs: minute,
  addresses: 1000,
};
