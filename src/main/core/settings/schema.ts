/**
 * Every setting is one row here: what it may be, its default and its help. An administrator's policy may
 * force each of them. The command line's help and `doc/settings.md` are generated from this table.
 */
import {
  absolutePath,
  hostName,
  hostWithPort,
  listenTarget,
  listOf,
  networkRange,
  oneOf,
  orNull,
  trueOrFalse,
  variableName,
  wholeNumber,
  type SettingType,
} from './setting-types.ts';

interface Row<T> extends SettingType<T> {
  readonly default: T;
  /** One or two sentences for the user, with the unit. */
  readonly help: string;
}

function row<T>(type: SettingType<T>, fallback: NoInfer<T>, help: string): Row<T> {
  return { ...type, default: fallback, help };
}

const readySeconds = wholeNumber(1, 3600);

export const settingRows = {
  'secrets.store': row(
    oneOf('auto', 'keychain', 'file', 'memory'),
    'auto',
    'Where secrets are kept: in the keychain, in a file sealed with a passphrase, or in memory for this run only; auto means the keychain where there is one, else memory.',
  ),
  'server.readySeconds': row(readySeconds, 120, 'Seconds after which Gatehouse gives up starting a server.'),
  'jupyter.readySeconds': row(
    orNull(readySeconds),
    null,
    'The same for Jupyter only; null means server.readySeconds.',
  ),
  'custom.readySeconds': row(
    orNull(readySeconds),
    null,
    'The same for custom commands only; null means server.readySeconds.',
  ),
  'jupyter.defaultFolder': row(
    orNull(absolutePath()),
    null,
    'Folder in which Jupyter starts when none is named; null means your home folder.',
  ),
  'folders.trusted': row(
    listOf(absolutePath(), 200),
    [],
    'Folders whose authors you trust, with everything below them: their files may run code when they are opened.',
  ),
  'environment.names': row(
    orNull(listOf(variableName(), 200)),
    null,
    'Which of your environment variables servers get in addition to the usual ones (PATH, HOME, LANG, proxies); null means all of them.',
  ),
  'core.graceMinutes': row(
    wholeNumber(0, 1440),
    10,
    'Minutes that servers keep running after the desktop app has ended and nobody uses them; 0 stops them at once.',
  ),
  'log.maxMegabytes': row(
    wholeNumber(1, 1024),
    10,
    'Size in megabytes at which a log file is put aside and a new one is started.',
  ),
  'gateway.extraHosts': row(
    listOf(hostWithPort(), 50),
    [],
    'Other names under which a client or a reverse proxy on this computer may address a server; localhost:9999 for a port that is forwarded to it (ssh -L), where a browser can then sign in.',
  ),
  'gateway.trustedProxies': row(
    listOf(networkRange('127.0.0.1/32'), 50),
    [],
    'Networks of reverse proxies that may name the client of your own listener; Gatehouse believes every program on such a computer.',
  ),
  'sharing.listen': row(
    listenTarget(),
    'all',
    'Where share links can be opened from: all networks, those of one interface, or that of one address.',
  ),
  'sharing.endWithLastLink': row(
    trueOrFalse(),
    true,
    'Whether a server stops listening for guests when its last link has ended.',
  ),
  'sharing.askName': row(trueOrFalse(), true, 'Whether guests must give their name before they join.'),
  'sharing.names': row(
    listOf(hostName(), 50),
    [],
    'Other names or addresses under which guests reach this computer, such as those of a router in front of it.',
  ),
  'sharing.trustedNetworks': row(
    listOf(networkRange('192.168.1.0/24'), 50),
    [],
    'Networks whose other users you trust: Gatehouse does not warn about them.',
  ),
  'sharing.trustedProxies': row(
    listOf(networkRange('10.0.0.5/32'), 50),
    [],
    "Networks of reverse proxies that may name the client of the guests' listener.",
  ),
  'sharing.certificateFile': row(
    orNull(absolutePath()),
    null,
    'PEM file with the certificate that guests are shown, and its chain; null means a certificate that Gatehouse makes.',
  ),
  'sharing.keyFile': row(
    orNull(absolutePath()),
    null,
    'PEM file with the private key of that certificate; null means that the key is in the same file.',
  ),
  'sharing.uploadMegabytes': row(
    wholeNumber(1, 10_240),
    100,
    'Largest file that a guest may upload, in megabytes.',
  ),
  'sharing.idleMinutes': row(
    wholeNumber(5, 1440),
    120,
    'Minutes without any activity after which a guest has to use the link again.',
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
