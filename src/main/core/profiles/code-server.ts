/**
 * code-server is VS Code in the browser. Its only credential is a cookie that is the hash of its password: it
 * cannot be shown by a header, never expires, and one wrong client locks everybody out (its limiter counts
 * all together). So there is none: it listens on a Unix socket in the run's private 0700 folder, which only
 * this account can reach, and the gateway before it is the guard. Nothing is won by a password there: anyone
 * who can reach the socket is the account that owns it, and so could read the password.
 *
 * The attack: the user's own `config.yaml` opens a second door (`bind-addr: 0.0.0.0:8080`, `proxy-domain`,
 * `skip-auth-preflight`, `trusted-origins: "*"`). So it is given one of ours; settings, extensions and what
 * was open stay the user's, as they are in the user's data folder.
 */
import { createPrivateFile } from '../private-file.ts';
import type { ProfileKind } from './kind.ts';
import { closedPortProxy } from './code-server/port-proxy.ts';
import { vscodeSharing } from './code-server/vscode-sharing.ts';
import { simpleProfile } from './simple.ts';
import { olderThan, type SimpleRun, type SimpleServer } from './simple/simple-server.ts';
import { pathsOf } from './python/interpreter.ts';
import { compareVersions } from './common/versions.ts';

export const kind: ProfileKind = {
  name: 'code-server',
  title: 'code-server',
  aliases: ['vscode'],
  // Two angle brackets and a stroke.
  icon: 'M7.800 5.500L9.600 7.300 4.900 12l4.700 4.700-1.800 1.800L1.300 12zM16.200 5.500L14.400 7.300 19.100 12l-4.700 4.700 1.800 1.800 6.500-6.500zM12.700 4h2l-3.400 16h-2z',
  file: 'never',
  order: 30,
  docs: {
    tried: '4.139',
    credential: 'none: it listens on a Unix socket in a private folder, and Gatehouse is the only guard',
    notEnforced:
      'Anyone with access has a terminal, and so can do everything that you can. Its port proxy (`/proxy/PORT`, `/absproxy/PORT`) is closed to everyone. Its `config.yaml` is not read.',
  },
  folderCode: {
    untrusted: 'restricted',
    whenUntrusted:
      'Nothing: code-server itself starts outside the folder, and VS Code opens it in Restricted Mode (no tasks, no settings that name programs, no Git) until you trust it there (_Manage_ in its bar). If you have switched off Workspace Trust in your VS Code settings, everything that VS Code runs.',
    whenTrusted:
      'VS Code asks on its own, and remembers your answer. Once you trust the folder there: tasks that run when the folder is opened, what its settings name, its Git hooks.',
    tested: 'code-server 4.139 in Chromium: Restricted Mode, then the same folder, trusted there',
  },
  ownVariables: /^(?:HASHED_)?PASSWORD$|^(?:CODE_SERVER_|CS_|VSCODE_)/,
  shownCredential: {
    codeSees: 'none-shown',
    how: 'No credential is sent to it: it listens on a Unix socket in the private folder of the run.',
    tested: null,
  },
  create: options => {
    const own = pathsOf(options.platform).join(options.home, '.local', 'bin');
    return simpleProfile({ ...server, source: { ...program, folders: [own, ...folders] } }, options);
  },
};

const program = {
  kind: 'program',
  names: ['code-server'],
  // Without a file of ours it would write a config.yaml for the user, or stumble over his.
  version: ['--config', '/dev/null', '--version'],
} as const;

/**
 * Where its own packages put it, if PATH is not the login shell's; its installer takes one of the user's own.
 */
const folders = ['/usr/local/bin', '/usr/bin', '/usr/lib/code-server/bin', '/opt/homebrew/bin'];

const server: SimpleServer = {
  name: 'code-server',
  title: 'code-server',
  source: program,
  refuseVersion: olderThan(
    '4.99.4',
    'a crafted address makes it send its session cookie to any host (CVE-2025-47269).',
  ),
  file: 'never',
  listens: 'socket',
  command: run => [
    `--config=${configOf(run)}`,
    '--auth=none',
    `--socket=${run.socket}`,
    '--socket-mode=600',
    `--session-socket=${privateFile(run, 'session.sock')}`,
    // It compares Origin with X-Forwarded-Host. The gateway has compared them already and says `localhost`
    // for what it found to be its own.
    '--trusted-origins=localhost',
    '--disable-proxy',
    '--disable-telemetry',
    '--disable-update-check',
    '--',
    run.folder,
  ],
  prepare: run => createPrivateFile(configOf(run), 'auth: none\n'),
  readyPath: '/healthz',
  // Not `/`: that leads to what was last open, wherever that was.
  landing: run => `/?folder=${encodeURIComponent(run.folder)}`,
  upstream: () => ({ closed: closedPortProxy }),
  caveat: ({ version }) =>
    version !== null && compareVersions(version, '4.124.2') < 0
      ? 'this version hands its session cookie to programs behind its port proxy, which is closed here but not where you start it yourself: update it.'
      : null,
  sharing: vscodeSharing(),
};

function configOf(run: SimpleRun): string {
  return privateFile(run, 'config.yaml');
}

function privateFile({ platform, directory }: SimpleRun, name: string): string {
  return pathsOf(platform).join(directory, name);
}
