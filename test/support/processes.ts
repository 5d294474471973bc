import { readdir, readFile } from 'node:fs/promises';

export interface ProcessSeen {
  readonly pid: number;
  readonly argv: string;
  readonly environment: string;
}

/** Every process of this computer that we may look into, with its argv and its environment. Linux only. */
export async function everyProcess(): Promise<readonly ProcessSeen[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number);
  const read = (pid: number, name: string): Promise<string> =>
    readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => '');
  return Promise.all(
    pids.map(async pid => ({
      pid,
      argv: await read(pid, 'cmdline'),
      environment: await read(pid, 'environ'),
    })),
  );
}

/**
 * Processes that a core of this home started, or the core itself: whatever names the home in its argv or
 * environment.
 */
export async function processesOf(home: string): Promise<readonly ProcessSeen[]> {
  const all = await everyProcess();
  return all.filter(
    ({ pid, argv, environment }) =>
      pid !== process.pid && (argv.includes(latin(home)) || environment.includes(latin(home))),
  );
}

/** `/proc` is read byte by byte, so a name is looked for as its bytes. */
function latin(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
