/** Builders of setting types: each makes the check of a value and the words for it together. */
import { isIP } from 'node:net';
import { posix, win32 } from 'node:path';
import { z } from 'zod';

export interface SettingType<T> {
  readonly type: z.ZodType<T>;
  /** What a value has to be, after "must be": `a whole number from 1 to 3600`. */
  readonly wanted: string;
}

/** A type of which there may be several in a list. */
interface ItemType<T> extends SettingType<T> {
  /** `absolute paths` */
  readonly plural: string;
}

export function wholeNumber(min: number, max: number): SettingType<number> {
  return { type: z.int().min(min).max(max), wanted: `a whole number from ${min} to ${max}` };
}

export function oneOf<const W extends readonly [string, ...string[]]>(...words: W): SettingType<W[number]> {
  return { type: z.enum(words), wanted: `one of ${words.join(', ')}` };
}

export function trueOrFalse(): SettingType<boolean> {
  return { type: z.boolean(), wanted: 'true or false' };
}

export function absolutePath(): ItemType<string> {
  const type = z
    .string()
    .max(4096)
    .refine(path => (posix.isAbsolute(path) || win32.isAbsolute(path)) && !path.includes('\0'));
  return { type, wanted: 'an absolute path', plural: 'absolute paths' };
}

/** A DNS name or an address: what stands in a Host header (RFC 9110, 7.2). Wildcards are not accepted. */
const hostPattern = String.raw`(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])`;

export function hostName(): ItemType<string> {
  const type = z
    .string()
    .max(253)
    .regex(new RegExp(`^${hostPattern}$`, 'i'))
    .transform(name => name.toLowerCase());
  return {
    type,
    wanted: 'a host name or address without a port',
    plural: 'host names or addresses without a port',
  };
}

/** The same, with the port at which a forwarder or a proxy takes connections. */
export function hostWithPort(): ItemType<string> {
  const type = z
    .string()
    .max(259)
    .regex(new RegExp(`^${hostPattern}(?::[1-9]\\d{0,4})?$`, 'i'))
    .transform(name => name.toLowerCase());
  return {
    type,
    wanted: 'a host name, with a port where it has one of its own (localhost:9999)',
    plural: 'host names, each with a port where it has one of its own (localhost:9999)',
  };
}

/**
 * Not our own variables: they carry the token, the passphrase and the marker of the run. Nor those that
 * change what a program loads.
 */
export function variableName(): ItemType<string> {
  const pattern =
    /^(?!GATEHOUSE_|LD_(?!LIBRARY_PATH$)|DYLD_|NODE_OPTIONS$|BASH_ENV$|ENV$)[A-Za-z_*][A-Za-z0-9_()*]*$/;
  const refused = 'none of them beginning with GATEHOUSE_, LD_ or DYLD_';
  return {
    type: z.string().max(128).regex(pattern),
    wanted: `the name of an environment variable, in which * stands for anything (AWS_*), ${refused}`,
    plural: `names of environment variables, in which * stands for anything (AWS_*), ${refused}`,
  };
}

/** @param example a range that makes sense for the setting */
export function networkRange(example: string): ItemType<string> {
  const type = z
    .string()
    .max(49)
    .refine(range => {
      const [, address = '', prefix = ''] = /^([0-9a-f:.]+)\/(\d{1,3})$/i.exec(range) ?? [];
      const family = isIP(address);
      return family !== 0 && Number(prefix) <= (family === 4 ? 32 : 128);
    });
  return { type, wanted: `a network range such as ${example}`, plural: `network ranges such as ${example}` };
}

export function listenTarget(): SettingType<string> {
  const type = z
    .string()
    .max(120)
    .regex(/^(?:all|interface:[^\s/]{1,64}|[0-9a-f:.]{2,45})$/i);
  return { type, wanted: 'all, an address of this computer, or interface:NAME' };
}

export function listOf<T>({ type, plural }: ItemType<T>, max: number): SettingType<T[]> {
  return { type: z.array(type).max(max), wanted: `a list of up to ${max} ${plural}` };
}

export function orNull<T>({ type, wanted }: SettingType<T>): SettingType<T | null> {
  return { type: type.nullable(), wanted: `${wanted}, or null` };
}
