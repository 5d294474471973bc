/**
 * What matlab-proxy's users have in their environment. Each variable has one reader: the server (and MATLAB
 * behind it), or the door before it. The attack on a mix of both: a token or a switch of the door that
 * reaches the server opens it past the gateway, and MATLAB and everything that it starts inherits it.
 */
import { isAbsolute } from 'node:path';
import { GatehouseError } from '../../errors.ts';
import type { ListenerTls, ListenerOverrides } from '../../ports.ts';
import { checkSuppliedToken } from '../../vault/supplied-token.ts';
import type { Variables } from '../../variables.ts';

/**
 * For the server and MATLAB. None of them is a secret of the door, and none decides where the server listens.
 */
const serverVariables = [
  'MLM_LICENSE_FILE',
  'MWI_CUSTOM_HTTP_HEADERS',
  'MWI_CUSTOM_MATLAB_ROOT',
  'MWI_ENABLE_WEB_LOGGING',
  'MWI_LOG_FILE',
  'MWI_LOG_LEVEL',
  'MWI_MATLAB_STARTUP_SCRIPT',
  'MWI_PROCESS_START_TIMEOUT',
  'MWI_SESSION_NAME',
  'MWI_SHUTDOWN_ON_IDLE_TIMEOUT',
  'MWI_USE_EXISTING_LICENSE',
  'MW_CONTEXT_TAGS',
  'MW_PROXY_HOST',
  'MW_PROXY_PORT',
  // matlab-proxy's own stand-in for MATLAB, for users who have no licence at hand: it echoes what it is
  // asked, and does nothing else.
  'MWI_DEV',
  'MWI_TEST',
] as const;

export function variablesOfServer(user: Variables): Record<string, string> {
  return Object.fromEntries(
    serverVariables.flatMap(name => {
      const value = user[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** For the door. Throws GatehouseError of kind `usage`, which never shows a value that may be a secret. */
export function listenerOverrides(user: Variables): ListenerOverrides {
  const asksForToken = lower(user, 'MWI_ENABLE_TOKEN_AUTH') !== 'false';
  const { token, warnings } = tokenOf(user, asksForToken);
  const tls = tlsOf(user);
  return {
    port: portOf(user),
    token,
    asksForToken,
    basePath: basePathOf(user),
    tls,
    warnings: [...warnings, ...tlsWarnings(user, tls)],
  };
}

function tokenOf(user: Variables, asks: boolean): Pick<ListenerOverrides, 'token' | 'warnings'> {
  const own = given(user, 'MWI_AUTH_TOKEN');
  if (!asks) {
    const unused = own === null ? '' : ' MWI_AUTH_TOKEN is not used.';
    return {
      token: null,
      warnings: [
        `MWI_ENABLE_TOKEN_AUTH is False: every account on this computer can use MATLAB as you.${unused}`,
      ],
    };
  }
  if (own === null) return { token: null, warnings: [] };
  const { token, warning } = checkSuppliedToken(own, 'MWI_AUTH_TOKEN');
  return { token, warnings: warning === null ? [] : [warning] };
}

function portOf(user: Variables): number | null {
  const value = given(user, 'MWI_APP_PORT');
  if (value === null) return null;
  const port = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw unusable('MWI_APP_PORT', 'is no port', 'Give a number from 1 to 65535, or unset it.');
}

/**
 * Path below which matlab-proxy's pages are. Letters that mean the same in every reading of a path, so that
 * it cannot be told apart from what was judged.
 */
export function basePathOf(user: Variables): string {
  const value = (given(user, 'MWI_BASE_URL') ?? '').replace(/\/$/, '');
  const pieces = value.split('/').slice(1);
  const plain = pieces.every(piece => /^[A-Za-z0-9._~-]+$/.test(piece) && !/^\.+$/.test(piece));
  if (value === '' || (value.startsWith('/') && plain && pieces[0] !== '_gatehouse')) return value;
  throw unusable(
    'MWI_BASE_URL',
    'is not a usable path',
    'It starts with a slash and has letters, digits, "-", ".", "_" and "~" between slashes: /matlab',
  );
}

function tlsOf(user: Variables): ListenerTls | null {
  if (lower(user, 'MWI_ENABLE_SSL') !== 'true') return null;
  const certificate = fileOf(user, 'MWI_SSL_CERT_FILE');
  const key = fileOf(user, 'MWI_SSL_KEY_FILE');
  if (certificate !== null) return { kind: 'files', certificate, key };
  if (key === null) return { kind: 'local-authority' };
  throw unusable('MWI_SSL_KEY_FILE', 'is a key without a certificate', 'Set MWI_SSL_CERT_FILE, too.');
}

function tlsWarnings(user: Variables, tls: ListenerTls | null): readonly string[] {
  if (tls !== null) {
    return [
      'MWI_ENABLE_SSL is True: it is opened in a browser, since a window of Gatehouse shows only plain HTTP.',
    ];
  }
  if (given(user, 'MWI_SSL_CERT_FILE') === null) return [];
  return ['MWI_SSL_CERT_FILE is not used, because MWI_ENABLE_SSL is not True.'];
}

function fileOf(user: Variables, name: string): string | null {
  const path = given(user, name);
  if (path === null || isAbsolute(path)) return path;
  throw unusable(name, 'is not a full path', 'Give the full path of the file.');
}

function given(user: Variables, name: string): string | null {
  const value = (user[name] ?? '').trim();
  return value === '' ? null : value;
}

function lower(user: Variables, name: string): string {
  return (user[name] ?? '').trim().toLowerCase();
}

function unusable(name: string, fault: string, nextStep: string): GatehouseError {
  return new GatehouseError('variable-unusable', `The environment variable ${name} ${fault}.`, {
    kind: 'usage',
    nextStep,
  });
}
