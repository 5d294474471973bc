import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A real gnome-keyring on a session bus of its own, in private folders. */
export interface Keyring {
  /** What a program needs in its environment to find this keyring and no other. */
  readonly environment: Readonly<Record<string, string>>;
  /** Locks the default collection, as the screen's lock does on some desktops. */
  lock(): Promise<void>;
  /** Ends the keyring's daemon with KILL; the bus stays. */
  kill(): Promise<void>;
  /** Starts a daemon anew after `kill`; it has what was kept before. */
  start(): Promise<void>;
  /** Stops the daemon from answering without ending it, and lets it go on. */
  freeze(): void;
  thaw(): void;
  /** Runs a program as a client of this keyring; answers its standard output. */
  client(program: string, ...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

/** No service is started by the bus itself: a daemon that was killed stays away until `start`. */
const busConfig = (socket: string): string => `<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=${socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>`;

export async function startKeyring(): Promise<Keyring> {
  const folder = await mkdtemp(join(tmpdir(), 'keyring-'));
  const socket = join(folder, 'bus');
  const environment = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` };
  const own = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: folder,
    XDG_RUNTIME_DIR: join(folder, 'run'),
    LC_ALL: 'C.UTF-8',
    ...environment,
  };
  await mkdir(own.XDG_RUNTIME_DIR, { mode: 0o700 });
  await writeFile(join(folder, 'bus.conf'), busConfig(socket));
  const bus = start('dbus-daemon', ['--nofork', `--config-file=${join(folder, 'bus.conf')}`], own);
  let daemon: ChildProcess | null = null;
  const client = async (program: string, ...args: string[]): Promise<string> =>
    (await run(program, args, { env: own, timeout: 10_000 })).stdout;

  async function startDaemon(): Promise<void> {
    const args = ['--foreground', '--unlock', '--components=secrets'];
    daemon = start('gnome-keyring-daemon', args, own);
    daemon.stdin?.end('a password for tests');
    await until('the keyring answers', async () => {
      const answer = await client('dbus-send', ...ask('ReadAlias'), 'string:default').catch(() => '');
      return answer.includes('/collection/');
    });
  }

  const keyring: Keyring = {
    environment,
    client,
    start: startDaemon,
    kill: () => end(daemon),
    freeze: () => void daemon?.kill('SIGSTOP'),
    thaw: () => void daemon?.kill('SIGCONT'),
    async lock() {
      await client('dbus-send', ...ask('Lock'), 'array:objpath:/org/freedesktop/secrets/aliases/default');
    },
    async stop() {
      await end(daemon);
      await end(bus);
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await until('the bus listens', () =>
      access(socket).then(
        () => true,
        () => false,
      ),
    );
    await startDaemon();
    return keyring;
  } catch (error) {
    await keyring.stop();
    throw error;
  }
}

/** Gives the work a keyring and takes it away afterwards, whatever happens. */
export async function withKeyring<T>(work: (keyring: Keyring) => Promise<T>): Promise<T> {
  const keyring = await startKeyring();
  try {
    return await work(keyring);
  } finally {
    await keyring.stop();
  }
}

function ask(method: string): string[] {
  const target = ['--dest=org.freedesktop.secrets', '/org/freedesktop/secrets'];
  return ['--session', '--print-reply', ...target, `org.freedesktop.Secret.Service.${method}`];
}

function start(program: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(program, args, { env, stdio: ['pipe', 'ignore', 'ignore'] });
}

async function end(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function until(what: string, met: () => Promise<boolean>): Promise<void> {
  const limit = Date.now() + 20_000;
  while (!(await met())) {
    if (Date.now() > limit) throw new Error(`It did not come to pass in 20 s: ${what}.`);
    await delay(20);
  }
}
