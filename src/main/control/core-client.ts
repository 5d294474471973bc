import { connect, type Socket } from 'node:net';
import type { CallName, Calls, EventName, Events } from '../../shared/contract.ts';
import type { CallerEnvironment } from '../../shared/model.ts';
import { withCaller } from './caller.ts';
import { GatehouseError } from '../core/errors.ts';
import { closed, Handshake, refused, type ConnectOptions, type Keys } from './handshake.ts';
import { readLines } from './lines.ts';
import { fromCoreSchema, messageLimit } from './protocol.ts';

export interface CoreClient {
  /** Version of the core at the other end. */
  readonly coreVersion: string;
  call<K extends CallName>(name: K, ...args: Parameters<Calls[K]>): ReturnType<Calls[K]>;
  on<K extends EventName>(name: K, listener: (event: Events[K]) => void): () => void;
  /** Called once when the connection ends, whoever ended it. */
  onClose(listener: () => void): () => void;
  close(): void;
}

interface JoinRequestInfo {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Milliseconds until a core that does not answer the handshake is given up. */
const handshakeLimit = 5000;

/**
 * Connects to a running core. Throws `no-core` where nobody listens, `core-refused` or `core-other-version`
 * where it will not have us.
 */
export async function connectTo(options: ConnectOptions): Promise<CoreClient> {
  const socket = await open(options.path);
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error instanceof GatehouseError ? error : refused('its answer could not be read', error));
    };
    const timer = setTimeout(() => fail(refused('it did not answer in time')), handshakeLimit);
    const handshake = new Handshake(socket, options);
    const reader: Reader = {
      onLine: line => {
        try {
          const keys = handshake.next(line);
          if (keys === null) return;
          clearTimeout(timer);
          socket.removeAllListeners('close');
          resolve(new Connection(socket, keys, reader, options.caller));
        } catch (error) {
          fail(error);
        }
      },
      onTooLong: () => fail(refused('it sent too much')),
    };
    socket.once('close', () => fail(closed()));
    readLines(
      socket,
      messageLimit,
      line => reader.onLine(line),
      () => reader.onTooLong(),
    );
  });
}

/**
 * Who gets the next line: the handshake first, then the connection, without a gap in which a line could be
 * lost.
 */
interface Reader {
  onLine(line: string): void;
  onTooLong(): void;
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const onError = (cause: Error): void => {
      reject(
        new GatehouseError('no-core', 'Gatehouse is not running.', {
          nextStep: 'Start it with `gatehouse start` or `gatehouse serve`.',
          cause,
        }),
      );
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
  });
}

class Connection implements CoreClient {
  readonly coreVersion: string;
  readonly #socket: Socket;
  readonly #keys: Keys;
  readonly #waiting = new Map<number, JoinRequestInfo>();
  readonly #listeners = new Map<string, Set<(value: never) => void>>();
  readonly #closers = new Set<() => void>();
  #next = 0;

  readonly #caller: CallerEnvironment | undefined;

  constructor(socket: Socket, keys: Keys, reader: Reader, caller: CallerEnvironment | undefined) {
    this.#socket = socket;
    this.#caller = caller;
    this.#keys = keys;
    this.coreVersion = keys.coreVersion;
    socket.on('close', () => this.#closed());
    reader.onLine = line => this.#receive(line);
    reader.onTooLong = () => socket.destroy();
  }

  call<K extends CallName>(name: K, ...args: Parameters<Calls[K]>): ReturnType<Calls[K]> {
    const id = this.#next++;
    const answer = new Promise<unknown>((resolve, reject) => {
      if (this.#socket.destroyed) return reject(lost());
      this.#waiting.set(id, { resolve, reject });
      this.#socket.write(
        this.#keys.sealer.seal({ kind: 'call', id, name, args: withCaller(name, args, this.#caller) }),
      );
    });
    // The core that holds this connection's key made the answer under the same contract.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return answer as ReturnType<Calls[K]>;
  }

  on<K extends EventName>(name: K, listener: (event: Events[K]) => void): () => void {
    const all = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, all);
    all.add(listener);
    return () => all.delete(listener);
  }

  onClose(listener: () => void): () => void {
    this.#closers.add(listener);
    return () => this.#closers.delete(listener);
  }

  close(): void {
    this.#socket.end();
    this.#socket.destroySoon();
  }

  #receive(line: string): void {
    const message = this.#read(line);
    if (message === null) {
      this.#socket.destroy();
      return;
    }
    if (message.kind === 'event') {
      // As above: whoever signed the event made it under the same contract.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      for (const listener of this.#listeners.get(message.name) ?? []) listener(message.value as never);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === 'answer') waiting?.resolve(message.value);
    else waiting?.reject(new GatehouseError(message.error.code, message.error.message, message.error));
  }

  /** Null for what this connection's core did not sign or could not mean. */
  #read(line: string): ReturnType<typeof fromCoreSchema.parse> | null {
    try {
      return fromCoreSchema.parse(this.#keys.opener.open(line));
    } catch {
      return null;
    }
  }

  #closed(): void {
    for (const waiting of this.#waiting.values()) waiting.reject(lost());
    this.#waiting.clear();
    for (const listener of this.#closers) listener();
    this.#closers.clear();
  }
}

function lost(): GatehouseError {
  return new GatehouseError('core-lost', 'The connection to Gatehouse ended before it answered.', {
    nextStep: 'Run `gatehouse list` to see whether it is still running.',
  });
}
