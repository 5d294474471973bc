/**
 * Stops this: a variable decides what a program of ours loads before its first line (LD_PRELOAD,
 * NODE_OPTIONS, PYTHONSAFEPATH), how a server is opened (JUPYTER_TOKEN, and whatever its kind names), hands
 * it our own secret (GATEHOUSE_TOKEN), or names a place by a relative path, which would be the opened
 * folder's (PYTHONPATH=.). All else is the user's and reaches what the user starts (doc/decisions/0028).
 */
import { posix, win32 } from 'node:path';
import type { Variables } from '../variables.ts';
import { withLoopbackDirect } from './proxy.ts';

export interface EnvironmentRules {
  /** Patterns of the settings: besides the usual names only these pass. Null: all of the user's pass. */
  readonly names: readonly string[] | null;
  /** What steers this kind of server: its profile says it, and nobody's shell does. */
  readonly withheld?: RegExp | null | undefined;
  /**
   * Nothing of ours runs within the server: it is a command of the user's own, and loads as it would in a
   * terminal.
   */
  readonly ownProgram?: boolean | undefined;
}

/** Ours, or the key of a server: never, whatever the settings say. */
const never: readonly RegExp[] = [
  /^GATEHOUSE_/i,
  /^JUPYTER_TOKEN/i,
  /^MWI_AUTH_TOKEN$/i,
  /^ELECTRON_/i,
  // A library of somebody else's within every process, and what the C library runs on its own.
  /^(?:LD_(?:PRELOAD|AUDIT|DEBUG|DEBUG_OUTPUT|PROFILE|PROFILE_OUTPUT|ORIGIN_PATH)|GCONV_PATH)$/i,
  /^DYLD_(?!(?:FALLBACK_)?(?:LIBRARY|FRAMEWORK)_PATH$)/i,
  // Of the shell itself, or of the service that started it: not of what it starts.
  /^(?:_|PWD|OLDPWD|SHLVL|COLUMNS|LINES|NOTIFY_SOCKET|WATCHDOG_PID|WATCHDOG_USEC|LISTEN_(?:PID|FDS|FDNAMES))$/,
];

/**
 * What runs, or is read as code, before the first line of a program of ours: Python's, Node's and the shell's
 * own.
 */
const loadsFirst: readonly RegExp[] = [
  /^NODE_(?:OPTIONS|REPL_EXTERNAL_MODULE|V8_COVERAGE)$/i,
  /^PYTHON(?:HOME|STARTUP|INSPECT|SAFEPATH|EXECUTABLE|PLATLIBDIR|PYCACHEPREFIX|CASEOK|OPTIMIZE)$/i,
  /^(?:PYTHON_PRESITE|__PYVENV_LAUNCHER__)$/i,
  /^(?:BASH_ENV|ENV|IFS|SHELLOPTS|BASHOPTS|PS4)$/i,
];

/**
 * Where the settings narrow it: what a program needs to run at all, and to find its user, network and screen.
 */
const usual: readonly RegExp[] = [
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|TERM|COLORTERM|TZ|TMPDIR|LANG|LANGUAGE|LC_[A-Z]+)$/,
  /^XDG_[A-Z_]+$/,
  /^(?:DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|DBUS_SESSION_BUS_ADDRESS)$/,
  /^(?:https?|ftp|all|no)_proxy$/i,
  /^(?:SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS|PIP_CERT)$/,
  /^(?:CONDA_[A-Z0-9_]+|VIRTUAL_ENV|PYENV_ROOT|PYENV_VERSION|MAMBA_ROOT_PREFIX|MAMBA_EXE)$/,
  /^(?:LD_LIBRARY_PATH|CUDA_HOME|CUDA_PATH|CUDA_VISIBLE_DEVICES|MODULEPATH|LOADEDMODULES)$/,
  // Windows; names there have no case.
  /^(?:SystemRoot|SystemDrive|windir|ComSpec|PATHEXT|APPDATA|LOCALAPPDATA|ProgramData|ProgramFiles(?:\(x86\))?)$/i,
  /^(?:USERPROFILE|USERNAME|USERDOMAIN|HOMEDRIVE|HOMEPATH|TEMP|TMP|COMPUTERNAME|OS|NUMBER_OF_PROCESSORS)$/i,
];

/** Lists of places, or one place, from which code or start files are taken. */
const places =
  /^(?:PATH|(?:DY)?LD_(?:FALLBACK_)?(?:LIBRARY|FRAMEWORK)_PATH|PYTHON(?:PATH|USERBASE)|IPYTHONDIR|JUPYTER(?:LAB)?_[A-Z_]*(?:DIR|PATH)|NODE_PATH|PERL5LIB|RUBYLIB|R_LIBS(?:_USER|_SITE)?|R_PROFILE(?:_USER)?|R_ENVIRON(?:_USER)?|JULIA_(?:LOAD|DEPOT)_PATH|LUA_C?PATH|OPENSSL_(?:CONF|MODULES|ENGINES)|MATLABPATH)$/i;

/** The part of the user's environment that a server gets. Pure. */
export function serverEnvironment(from: Variables, rules: EnvironmentRules): Record<string, string> {
  const { names, withheld, ownProgram } = rules;
  const wanted = names?.map(patternOf) ?? null;
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(tidied(from))) {
    if (matches(never, name) || (ownProgram !== true && matches(loadsFirst, name))) continue;
    if (withheld?.test(name) === true) continue;
    if (wanted !== null && !matches(usual, name) && !matches(wanted, name)) continue;
    clean[name] = value;
  }
  return withLoopbackDirect(clean);
}

/**
 * What an environment says whatever it is used for: no relative place, nothing that an AppImage or npm put
 * there for itself, no name that is none. Pure.
 * @param from as a process got it
 */
export function tidied(
  from: Variables,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const paths = platform === 'win32' ? win32 : posix;
  const byNpm = from['npm_execpath'] !== undefined || from['npm_lifecycle_event'] !== undefined;
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(from)) {
    if (value === undefined || name === '' || /[=\0]/.test(name) || value.includes('\0')) continue;
    if (byNpm && /^(?:npm_|INIT_CWD$|NODE$)/.test(name)) continue;
    const parts = value.split(paths.delimiter);
    const isOwn = (part: string): boolean =>
      !ofPackage(part, from['APPDIR']) &&
      (!places.test(name) || (paths.isAbsolute(part) && !(byNpm && ofNpm(part, name))));
    const own = parts.filter(isOwn);
    if (own.length === parts.length) clean[name] = value;
    else if (own.length > 0) clean[name] = own.join(paths.delimiter);
  }
  return clean;
}

/** An AppImage puts its own libraries before the system's; a server that loads those breaks in odd ways. */
function ofPackage(part: string, mounted: string | undefined): boolean {
  if (mounted === undefined || mounted === '') return false;
  return part === mounted || part.startsWith(`${mounted}/`);
}

/** `npm start` puts the programs of its package, and of every folder above, before the user's. */
function ofNpm(part: string, name: string): boolean {
  return /^PATH$/i.test(name) && /[\\/]node_modules[\\/](?:\.bin|.*node-gyp-bin)[\\/]?$/.test(part);
}

function matches(rules: readonly RegExp[], name: string): boolean {
  return rules.some(rule => rule.test(name));
}

/** `AWS_*` */
function patternOf(pattern: string): RegExp {
  const text = pattern.replaceAll(/[.()[\]{}+?^$|\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${text}$`, process.platform === 'win32' ? 'is' : 's');
}
