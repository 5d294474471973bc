import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { GatehouseError } from '../../errors.ts';
import type { Variables } from '../../variables.ts';
import { withoutCredentials } from './reasons.ts';

export interface ToolRun {
  readonly argv: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onLine?: (line: string) => void;
  /** Told once the process runs, so that a later run can end what this one left behind. */
  readonly onStart?: (pid: number) => Promise<void>;
}

export interface ToolResult {
  readonly code: number | null;
  /** The last lines of both streams, without credentials. */
  readonly lines: readonly string[];
}

const keptLines = 200;

/**
 * Runs an installer to its end. An abort ends it with everything it started, and is thrown as `cancelled`.
 */
export async function runTool(run: ToolRun): Promise<ToolResult> {
  const [program = '', ...rest] = run.argv;
  if (run.signal.aborted) throw cancelled();
  const windows = process.platform === 'win32';
  const child = spawn(program, rest, {
    cwd: run.folder,
    env: { ...run.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: pip and uv build packages in processes of their own.
    detached: !windows,
    windowsHide: true,
  });
  const lines: string[] = [];
  const take = (line: string): void => {
    const clean = withoutCredentials(line);
    if (lines.push(clean) > keptLines) lines.shift();
    run.onLine?.(clean);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', take);
  const stop = (): void => endGroup(child.pid, windows);
  run.signal.addEventListener('abort', stop);
  try {
    const closed = new Promise<number | null>(resolve => {
      child.once('error', error => {
        take(error.message);
        resolve(null);
      });
      child.once('close', code => resolve(code));
    });
    if (child.pid !== undefined) await run.onStart?.(child.pid);
    const code = await closed;
    if (run.signal.aborted) throw cancelled();
    return { code, lines };
  } finally {
    run.signal.removeEventListener('abort', stop);
  }
}

function endGroup(pid: number | undefined, windows: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(windows ? pid : -pid, 'SIGKILL');
  } catch {
    // It has exited on its own.
  }
}

export function cancelled(): GatehouseError {
  return new GatehouseError('cancelled', 'The installation was cancelled and left nothing behind.', {
    nextStep: 'Start it again whenever you like.',
  });
}

const passing =
  /^(?:PATH|Path|HOME|USER|LOGNAME|USERPROFILE|APPDATA|LOCALAPPDATA|SystemRoot|TEMP|TMP|TMPDIR|LANG|LC_.*|XDG_.*|PIP_.*|UV_.*|NETRC|SSL_CERT_.*|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|KEYRING_.*|DBUS_SESSION_BUS_ADDRESS|(?:https?|ftp|all|no)_proxy)$/i;

/** Settings that would put packages somewhere else than into the new environment. */
const misleading =
  /^(?:PIP_TARGET|PIP_PREFIX|PIP_ROOT|PIP_USER|PIP_PYTHON|PIP_REQUIRE_VIRTUALENV|PIP_DRY_RUN|UV_PROJECT.*|UV_PYTHON|UV_SYSTEM_PYTHON|UV_BREAK_SYSTEM_PACKAGES|UV_TARGET|UV_PREFIX)$/i;

/** The user's package index, proxy and certificate settings, and nothing that leads astray. */
export function installerEnvironment(environment: Variables, home: string): Record<string, string> {
  const kept = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && passing.test(name) && !misleading.test(name) ? [[name, value] as const] : [],
  );
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    PYTHONUNBUFFERED: '1',
    // `user = true` in a pip.conf is refused by pip inside an environment.
    PIP_USER: '0',
    PIP_NO_INPUT: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    UV_NO_PROGRESS: '1',
  };
}
