import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { CallerEnvironment } from '../../shared/model.ts';
import { GatehouseError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import {
  acceptedSchema,
  helloSchema,
  Opener,
  proofMatches,
  proofOf,
  protocolVersion,
  refusedSchema,
  Sealer,
  type Role,
} from './protocol.ts';

type Hello = ReturnType<typeof helloSchema.parse>;

export interface ConnectOptions {
  readonly path: string;
  readonly key: Secret<string>;
  readonly role: Role;
  readonly version: string;
  /** Added to each call that depends on it. */
  readonly caller?: CallerEnvironment | undefined;
}

/** The keys of a connection, once both ends have proved themselves. */
export interface Keys {
  readonly sealer: Sealer;
  readonly opener: Opener;
  readonly coreVersion: string;
}

/** The client's side of the handshake, line by line. */
export class Handshake {
  readonly #socket: Socket;
  readonly #options: ConnectOptions;
  readonly #key: Buffer;
  readonly #nonce = randomBytes(32).toString('base64url');
  #hello: Hello | null = null;

  constructor(socket: Socket, options: ConnectOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#key = Buffer.from(options.key.reveal(), 'base64url');
  }

  /** Reads one line of the core. Returns the keys of the connection once both ends have proved themselves. */
  next(line: string): Keys | null {
    const message: unknown = JSON.parse(line);
    if (this.#hello === null) {
      this.#hello = this.#respond(helloSchema.parse(message));
      return null;
    }
    const refusal = refusedSchema.safeParse(message);
    if (refusal.success) throw refused(refusal.data.refused);
    const wanted = proofOf(this.#key, 'core', this.#hello.nonce, this.#nonce, this.#options.role);
    if (!proofMatches(acceptedSchema.parse(message).proof, wanted)) {
      throw refused('it does not hold the right key');
    }
    const nonces = `${this.#hello.nonce} ${this.#nonce}`;
    const coreVersion = this.#hello.gatehouse;
    return {
      sealer: new Sealer(this.#key, 'client', nonces),
      opener: new Opener(this.#key, 'core', nonces),
      coreVersion,
    };
  }

  #respond(hello: Hello): Hello {
    const { version, role } = this.#options;
    if (hello.protocol !== protocolVersion) throw otherVersion(hello.gatehouse, version);
    const proof = proofOf(this.#key, 'client', hello.nonce, this.#nonce, role);
    const response = { gatehouse: version, protocol: protocolVersion, role, nonce: this.#nonce, proof };
    this.#socket.write(`${JSON.stringify(response)}\n`);
    return hello;
  }
}

export function refused(reason: string, cause?: unknown): GatehouseError {
  return new GatehouseError('core-refused', `The running Gatehouse did not accept this command: ${reason}.`, {
    nextStep: 'Run `gatehouse doctor`; if this happens again, quit Gatehouse and start it again.',
    cause,
  });
}

/** A core that is ending: something listened, and nothing answered. */
export function closed(): GatehouseError {
  return new GatehouseError(
    'core-closed',
    'Gatehouse closed the connection without an answer; it is ending.',
    {
      nextStep: 'Try again in a moment.',
    },
  );
}

function otherVersion(core: string, own: string): GatehouseError {
  return new GatehouseError(
    'core-other-version',
    `The running Gatehouse is version ${core}, this command is version ${own}.`,
    {
      nextStep: 'Quit the running one, then start it again with this version.',
    },
  );
}
