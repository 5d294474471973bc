/** What is open at one gateway, and how much may be: connections, exchanges, and the log of refusals. */
import type { Clock, Log } from '../../ports.ts';
import type { HttpExchange, UpgradeExchange } from '../exchange.ts';
import type { Limits } from '../limits.ts';
import { openRefusalLog, type RefusalLog } from '../refusal-log.ts';
import { openActiveExchanges, type ActiveExchanges } from './active-exchanges.ts';
import {
  openConnectionLimiter,
  type ConnectionLimiter,
  type GuestConnections,
} from './connection-limiter.ts';
import { connectionOf, type Connections } from './connection.ts';

/** `S` is what a gateway keeps of a session. */
export class Traffic<S> {
  readonly log: Log;
  readonly limits: Limits;
  readonly exchanges: ActiveExchanges<S> = openActiveExchanges<S>();
  readonly connections: Connections = new WeakMap();
  readonly connectionLimiter: ConnectionLimiter;
  readonly refusalLog: RefusalLog;
  readonly #clock: Clock;

  /** @param guests absent: the connections are not guests' */
  constructor(
    { log, clock }: { readonly log: Log; readonly clock: Clock },
    limits: Limits,
    guests?: GuestConnections,
  ) {
    this.log = log;
    this.limits = limits;
    this.#clock = clock;
    this.connectionLimiter = openConnectionLimiter(
      limits,
      socket => connectionOf(this.connections, socket),
      guests,
    );
    this.refusalLog = openRefusalLog(log, clock);
  }

  /** Keeps a request in the table until its response is closed. */
  addRequest({ request, response }: HttpExchange, session: S | null, closed?: () => void): void {
    const slot = this.exchanges.add({ kind: 'request', session, request, response });
    response.once('close', () => {
      this.exchanges.delete(slot);
      closed?.();
    });
  }

  /** Keeps a WebSocket in the table until it is closed. */
  addWebSocket({ socket }: UpgradeExchange, session: S | null, closed?: () => void): void {
    const slot = this.exchanges.add({ kind: 'websocket', session, socket });
    socket.once('close', () => {
      this.exchanges.delete(slot);
      closed?.();
    });
  }

  /** Cuts what has not moved for too long. Returns the sessions that a WebSocket is using. */
  sweep(): readonly S[] {
    const now = this.#clock();
    this.connectionLimiter.sweep(now);
    return this.exchanges.sweep(now, this.limits);
  }
}
