/**
 * Every setting is one row here: its key, what it may be, its default, its help, and whether an
 * administrator's policy may force it. The command line lists the settings from this table.
 */
import { isIP } from 'node:net';
import { posix, win32 } from 'node:path';
import { z } from 'zod';

interface Row<T> {
  readonly type: z.ZodType<T>;
  readonly default: T;
  /** One sentence for the user, with units and range. */
  readonly help: string;
  /** What a value has to be, for the refusal: `a whole number from 1 to 3600`. */
  readonly wanted: string;
  readonly mayPolicySet: boolean;
}

function row<T>(
  type: z.ZodType<T>,
  fallback: NoInfer<T>,
  wanted: string,
  help: string,
  mayPolicySet = true,
): Row<T> {
  return { type, default: fallback, wanted, help, mayPolicySet };
}

/** A DNS name or an address: what stands in a Host header (RFC 9110, 7.2). Wildcards are not taken. */
const hostPattern = String.raw`(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])`;
const hostName = z
  .string()
  .max(253)
  .regex(new RegExp(`^${hostPattern}$`, 'i'))
  .transform(name => name.toLowerCase());
/** The same, with the port at which a forwarder or a proxy takes connections. */
const hostWithPort = z
  .string()
  .max(259)
  .regex(new RegExp(`^${hostPattern}(?::[1-9]\\d{0,4})?$`, 'i'))
  .transform(name => name.toLowerCase());

/**
 * Not our own: they carry the token, the passphrase and the run's marker. Nor those that change what a
 * program loads.
 */
const environmentName = z
  .string()
  .max(128)
  .regex(
    /^(?!GATEHOUSE_|LD_(?!LIBRARY_PATH$)|DYLD_|NODE_OPTIONS$|BASH_ENV$|ENV$)[A-Za-z_*][A-Za-z0-9_()*]*$/,
  );

const absoluteFolder = z
  .string()
  .max(4096)
  .refine(path => (posix.isAbsolute(path) || win32.isAbsolute(path)) && !path.includes('\0'));

const networkRange = z
  .string()
  .max(49)
  .refine(range => {
    const [, address = '', prefix = ''] = /^([0-9a-f:.]+)\/(\d{1,3})$/i.exec(range) ?? [];
    const family = isIP(address);
    return family !== 0 && Number(prefix) <= (family === 4 ? 32 : 128);
  });

const seconds = z.int().min(1).max(3600);

export const settingRows = {
  'secrets.store': row(
    z.enum(['auto', 'keychain', 'file', 'memory']),
    'auto',
    'one of auto, keychain, file, memory',
    'Where secrets are kept: the keychain, a file sealed with a passphrase, or memory for this run only; auto takes the keychain where there is one, else memory.',
  ),
  'server.readySeconds': row(
    seconds,
    120,
    'a whole number from 1 to 3600',
    'Seconds until the start of a server is given up.',
  ),
  'jupyter.readySeconds': row(
    seconds.nullable(),
    null,
    'a whole number from 1 to 3600, or null',
    'The same for Jupyter alone; null means server.readySeconds.',
  ),
  'custom.readySeconds': row(
    seconds.nullable(),
    null,
    'a whole number from 1 to 3600, or null',
    'The same for custom commands alone; null means server.readySeconds.',
  ),
  'jupyter.defaultFolder': row(
    absoluteFolder.nullable(),
    null,
    'an absolute path, or null',
    'Folder in which Jupyter starts when none is named; null means your home folder.',
  ),
  'folders.trusted': row(
    z.array(absoluteFolder).max(200),
    [],
    'a list of absolute paths',
    'Folders whose authors are trusted, with all that is below: what lies in them may run when they are opened.',
  ),
  'environment.names': row(
    z.array(environmentName).max(200).nullable(),
    null,
    'a list of environment variable names, in which * stands for anything (AWS_*), none of them beginning with GATEHOUSE_, LD_ or DYLD_; or null',
    'Which of your environment variables servers get beside the usual ones (PATH, HOME, LANG, proxies); null means all of them.',
  ),
  'core.graceMinutes': row(
    z.int().min(0).max(1440),
    10,
    'a whole number from 0 to 1440',
    'Minutes that servers go on after the desktop app is gone and nobody uses them; 0 stops them at once.',
  ),
  'log.maxMegabytes': row(
    z.int().min(1).max(1024),
    10,
    'a whole number from 1 to 1024',
    'Size in megabytes at which a log file is put aside and a new one begun.',
  ),
  'gateway.extraHosts': row(
    z.array(hostWithPort).max(50),
    [],
    'a list of host names, each with a port where it has one of its own (localhost:9999)',
    'Further names under which a tool or a reverse proxy on this computer may address a server; localhost:9999 for a port that is forwarded to it (ssh -L), where a browser can then sign in.',
  ),
  'gateway.trustedProxies': row(
    z.array(networkRange).max(50),
    [],
    'a list of network ranges such as 127.0.0.1/32',
    'Networks of reverse proxies that may name the client of your own listener; every program of such a computer is believed.',
  ),
  'sharing.listen': row(
    z
      .string()
      .max(120)
      .regex(/^(?:all|interface:[^\s/]{1,64}|[0-9a-f:.]{2,45})$/i),
    'all',
    'all, an address of this computer, or interface:NAME',
    'Where share links can be opened from: all networks, those of one interface, or the one of an address.',
  ),
  'sharing.endWithLastLink': row(
    z.boolean(),
    true,
    'true or false',
    'Whether a server stops listening for guests when its last link has ended.',
  ),
  'sharing.askName': row(
    z.boolean(),
    true,
    'true or false',
    'Whether guests must say their name before they join.',
  ),
  'sharing.names': row(
    z.array(hostName).max(50),
    [],
    'a list of host names or addresses without port',
    'Further names or addresses under which guests reach this computer, such as that of a router in front.',
  ),
  'sharing.trustedNetworks': row(
    z.array(networkRange).max(50),
    [],
    'a list of network ranges such as 192.168.1.0/24',
    'Networks in which nobody has to be warned of the others.',
  ),
  'sharing.trustedProxies': row(
    z.array(networkRange).max(50),
    [],
    'a list of network ranges such as 10.0.0.5/32',
    'Networks of reverse proxies that may name the client of the listener for guests.',
  ),
  'sharing.certificateFile': row(
    absoluteFolder.nullable(),
    null,
    'an absolute path, or null',
    'PEM file with the certificate that guests are shown (and its chain); null means one that Gatehouse makes.',
  ),
  'sharing.keyFile': row(
    absoluteFolder.nullable(),
    null,
    'an absolute path, or null',
    'PEM file with its private key; null means that the key is in the same file.',
  ),
  'sharing.uploadMegabytes': row(
    z.int().min(1).max(10_240),
    100,
    'a whole number from 1 to 10240',
    'Largest file that a guest may upload, in megabytes.',
  ),
  'sharing.idleMinutes': row(
    z.int().min(5).max(1440),
    120,
    'a whole number from 5 to 1440',
    'Minutes after which a guest who does nothing has to use the link again.',
  ),
  'window.closeToTray': row(
    z.boolean(),
    true,
    'true or false',
    'Whether closing the window leaves servers running, with Gatehouse in the tray.',
    false,
  ),
} as const;

export type SettingKey = keyof typeof settingRows;

/** The type of each setting's value. */
export type Settings = {
  readonly [K in SettingKey]: (typeof settingRows)[K] extends Row<infer T> ? T : never;
};

export const settingKeys = Object.keys(settingRows).filter(isSettingKey);

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(settingRows, key);
}

export function rowOf(key: SettingKey): Row<unknown> {
  return settingRows[key];
}
