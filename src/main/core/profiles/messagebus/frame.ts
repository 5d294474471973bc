/**
 * One frame of Mycroft's protocol: `{"type": text, "data": object, "context": object}`, read in one reading
 * or not at all.
 */
import type { SocketMessage } from '../../role-ports.ts';
import { scanObject } from './scan.ts';

export interface BusFrame {
  readonly kind: 'frame';
  readonly type: string;
  /** The object as it was written: numbers that JavaScript cannot hold stay what they are. */
  readonly data: string;
  readonly context: Readonly<Record<string, unknown>>;
}

export interface Unreadable {
  readonly kind: 'unreadable';
  readonly reason: string;
}

/** A message of OVOS nests some eight levels: message, context, session, its context, frames, entities. */
const deepest = 32;

/** Pure, and throws nothing. @param maxBytes what is longer is not looked at */
export function readFrame({ binary, data }: SocketMessage, maxBytes: number): BusFrame | Unreadable {
  if (binary) return unreadable('it is binary');
  if (data.length > maxBytes) return unreadable('it is too long');
  const text = data.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unreadable('it is no JSON');
  }
  const scan = scanObject(text, deepest);
  if (scan.kind === 'fault') return unreadable(scan.reason);
  if (!isObject(value)) return unreadable('it is no JSON object');
  if (Object.hasOwn(value, 'ciphertext')) {
    return unreadable(
      'it is encrypted, so the gateway cannot tell what it does: leave out websocket.secret_key and use TLS',
    );
  }
  const type = own(value, 'type');
  if (typeof type !== 'string' || !/^[^\p{C}]{1,200}$/u.test(type)) return unreadable('it has no type');
  const inside = own(value, 'data') ?? {};
  const context = own(value, 'context') ?? {};
  if (!isObject(inside) || !isObject(context)) return unreadable('its data or context is no object');
  const written = scan.members.get('data');
  return { kind: 'frame', type, data: written === undefined || written === 'null' ? '{}' : written, context };
}

/** A member of the object itself: `__proto__` and its like are names as any other. */
export function own(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(reason: string): Unreadable {
  return { kind: 'unreadable', reason };
}
