import { GatehouseError } from '../errors.ts';
import type { Redactor } from '../ports.ts';

const maxTextLength = 4000;
const maxRedacted = 65_536;
const maxEntries = 40;
const deepest = 4;
/** A field of such a name holds a secret, whatever it looks like. */
const secretName = /token|secret|password|passphrase|authorization|cookie|credential|api_?key/i;

/**
 * What may be written of any value: redacted, capped in length, breadth and depth, and free of code of its
 * own (`toJSON`, getters that throw). Never throws.
 */
export function tidy(value: unknown, redactor: Redactor, depth = 0): unknown {
  if (typeof value === 'string') return shorten(value, redactor);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  if (typeof value === 'object' && value !== null) return tidyObject(value, redactor, depth);
  return value;
}

/**
 * Redacts first and cuts afterwards: half a secret is not recognised any more. Of a huge text only the
 * beginning is looked at, and of that as much is dropped at its end as the longest spelling of a secret (512
 * characters, percent-encoded) can be cut short by.
 */
function shorten(text: string, redactor: Redactor): string {
  const huge = text.length > maxRedacted;
  const redacted = redactor.redact(huge ? text.slice(0, maxRedacted) : text);
  const safe = huge ? redacted.slice(0, -1600) : redacted;
  if (!huge && safe.length <= maxTextLength) return safe;
  return `${safe.slice(0, maxTextLength)} [cut here]`;
}

function tidyObject(value: object, redactor: Redactor, depth: number): unknown {
  if (depth >= deepest) return '[...]';
  try {
    if (value instanceof Error) return tidyError(value, redactor, depth);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
    if (Array.isArray(value)) return tidyList(value, redactor, depth);
    if (value instanceof Map || value instanceof Set) return tidyList([...value], redactor, depth);
    // A Secret, a Buffer, a URL: nothing whose own fields say what it is.
    if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) {
      return value instanceof URL ? shorten(value.href, redactor) : '***';
    }
    return tidyEntries(value, redactor, depth);
  } catch {
    return '[unreadable]';
  }
}

function tidyList(values: readonly unknown[], redactor: Redactor, depth: number): unknown {
  const shown = values.slice(0, maxEntries).map(entry => tidy(entry, redactor, depth + 1));
  return values.length > maxEntries ? [...shown, `[${values.length - maxEntries} more]`] : shown;
}

function tidyEntries(value: object, redactor: Redactor, depth: number): unknown {
  const entries = Object.entries(value).slice(0, maxEntries);
  return Object.fromEntries(
    entries.map(([key, entry]) => {
      const hide = secretName.test(key) && (typeof entry === 'string' || typeof entry === 'object');
      return [shorten(key, redactor).slice(0, 100), hide ? '***' : tidy(entry, redactor, depth + 1)];
    }),
  );
}

function tidyError(error: Error, redactor: Redactor, depth: number): unknown {
  const told = {
    name: error.name,
    message: error.message,
    ...('code' in error ? { code: error.code } : {}),
    // A GatehouseError is expected and says where it comes from; anything else is a fault, for which the
    // place matters.
    ...(error instanceof GatehouseError ? {} : { stack: error.stack }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  };
  return tidyEntries(told, redactor, depth);
}
