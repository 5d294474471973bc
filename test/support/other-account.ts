/*
 * Gatehouse run by another account of this computer, which may not read the checkout: a copy of Node and of
 * the core where everybody can.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, copyFile, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { coreScript, type Said } from './core.ts';

export interface OtherAccount {
  /** Holds the copies and `home`; open to everybody. */
  readonly folder: string;
  readonly home: string;
  /** Of that account: nothing but PATH and HOME. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs one command to its end, as that account unless it is said otherwise. */
  cli(args: readonly string[], how?: { uid?: number; environment?: Record<string, string> }): Promise<Said>;
  remove(): Promise<void>;
}

export async function otherAccount(uid: number): Promise<OtherAccount> {
  const folder = await mkdtemp(join(tmpdir(), 'account-'));
  await chmod(folder, 0o755);
  const node = join(folder, 'node');
  await copyFile(process.execPath, node);
  await chmod(node, 0o755);
  await cp(dirname(coreScript), join(folder, 'core'), { recursive: true });
  const home = join(folder, 'home');
  await mkdir(home, { mode: 0o700 });
  await chown(home, uid, uid);
  const environment = { PATH: '/usr/bin:/bin', HOME: home };
  const cli: OtherAccount['cli'] = async (args, how = {}) => {
    const as = how.uid ?? uid;
    const child = spawn(node, [join(folder, 'core', 'main.mjs'), ...args], {
      env: { ...environment, ...how.environment },
      cwd: folder,
      uid: as,
      gid: as,
    });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, out, err };
  };
  return {
    folder,
    home,
    environment,
    cli,
    async remove() {
      await cli(['quit']);
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
