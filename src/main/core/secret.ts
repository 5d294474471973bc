import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

/**
 * A value that prints as `***` wherever it is printed by accident: in a template, in JSON, in `console.log`,
 * in an error. The one way to its content is `reveal()`, which is easy to search for.
 */
export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }

  [inspect.custom](): string {
    return '***';
  }
}

/**
 * 256 bits of the system's random source as base64url: 43 characters, all of them unreserved (RFC 3986, 2.3).
 */
export function mintSecret(random: (size: number) => Buffer = randomBytes): Secret<string> {
  return new Secret(random(32).toString('base64url'));
}

/**
 * What is kept of a secret that only has to be recognised. SHA-256 suffices for 256 random bits; a guessable
 * one never comes here.
 */
export function hashSecret(value: string): Buffer {
  return hash('sha256', value, 'buffer');
}

/** Compares in constant time; hashing first makes the lengths equal. */
export function matchesHash(candidate: string, kept: Buffer): boolean {
  return timingSafeEqual(hashSecret(candidate), kept);
}
