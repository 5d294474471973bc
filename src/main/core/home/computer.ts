/**
 * Which computer this is, and in which of its lives: numbers of processes mean nothing elsewhere, nor after
 * the next start. A home may be on the network, and seen from two computers or from two containers of one.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { startOf } from '../server/process/processes.ts';

export interface Computer {
  /** For people. */
  readonly name: string;
  /** The same in each of its lives, and no other computer's; '' where the system does not tell. */
  readonly machine: string;
  /** Another one in each of its lives; '' where the system does not tell. */
  readonly boot: string;
  /** In which numbers of processes are counted (pid_namespaces(7)); '' where there is one for all. */
  readonly pids: string;
}

/** A process, for ever: whatever gets its number later started later. */
export interface ProcessOfComputer {
  readonly pid: number;
  readonly started: string;
  readonly computer: Computer;
}

/**
 * `hidden`: of this computer, but not to be seen from here (a container). `elsewhere`: of another computer.
 */
export type Whereabouts = 'alive' | 'dead' | 'hidden' | 'elsewhere';

let known: Promise<Computer> | null = null;

/** Looked at once. Throws nothing. */
export function thisComputer(): Promise<Computer> {
  known ??= look();
  return known;
}

async function look(): Promise<Computer> {
  const name = hostname();
  if (process.platform === 'linux') {
    const machine = await textOf('/etc/machine-id');
    return {
      name,
      // Computers that start from one image have one machine id.
      machine: machine === '' ? '' : `${machine} ${name}`,
      boot: await textOf('/proc/sys/kernel/random/boot_id'),
      pids: await readlink('/proc/self/ns/pid').catch(() => ''),
    };
  }
  if (process.platform === 'darwin') {
    // Its name changes with the network that it is in.
    const hardware = await output('/usr/sbin/ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice']);
    const machine = /"IOPlatformUUID" = "([^"]+)"/u.exec(hardware)?.[1] ?? '';
    const boot = await output('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid']);
    return { name, machine, boot: boot.trim(), pids: '' };
  }
  return { name, machine: name, boot: '', pids: '' };
}

/** Pure, but for the look at processes. */
export async function whereabouts(
  { pid, started, computer }: ProcessOfComputer,
  here: Computer,
  processes: { startOf(pid: number): Promise<string | null> } = { startOf },
  isSeen: typeof isSeenInside = isSeenInside,
): Promise<Whereabouts> {
  const known = computer.boot !== '' && here.boot !== '';
  if (!(known && computer.boot === here.boot)) {
    if (computer.machine === '' || computer.machine !== here.machine) return 'elsewhere';
    if (known) return 'dead';
  }
  if (computer.pids === here.pids) return (await processes.startOf(pid)) === started ? 'alive' : 'dead';
  if (await isSeen(pid, started)) return 'alive';
  // The first of all namespaces sees every process (PROC_PID_INIT_INO of the kernel).
  return here.pids === 'pid:[4026531836]' ? 'dead' : 'hidden';
}

/**
 * Whether a process that has this number in a container of its own is among those that are seen from here.
 */
async function isSeenInside(pid: number, started: string): Promise<boolean> {
  const outer = (await readdir('/proc').catch(() => [])).filter(name => /^\d+$/u.test(name));
  for (const name of outer) {
    const status = await readFile(`/proc/${name}/status`, 'latin1').catch(() => '');
    const numbers = /^NSpid:\t(.+)$/mu.exec(status)?.[1]?.split('\t') ?? [];
    if (numbers.length > 1 && numbers.at(-1) === String(pid) && (await startOf(Number(name))) === started)
      return true;
  }
  return false;
}

async function textOf(path: string): Promise<string> {
  return (await readFile(path, 'latin1').catch(() => '')).trim();
}

async function output(program: string, args: readonly string[]): Promise<string> {
  return promisify(execFile)(program, [...args], { timeout: 5000 }).then(
    ({ stdout }) => stdout,
    () => '',
  );
}
