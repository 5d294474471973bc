/** What a gateway holds of one exchange while it is open: a request with its response, or an upgrade. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Facts } from './request/facts.ts';

export interface HttpExchange {
  readonly facts: Facts;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export interface UpgradeExchange {
  readonly facts: Facts;
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** Bytes that the client sent behind its handshake. */
  readonly head: Buffer;
}
