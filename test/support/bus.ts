/* The message bus of OVOS and its own clients, as programs from PyPI. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventually } from './core.ts';

export interface BusMessage {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly context: Readonly<Record<string, unknown>> & {
    readonly session?: Readonly<Record<string, unknown>>;
  };
}

export interface BusPlace {
  readonly host: string;
  readonly port: number;
  readonly route: string;
  readonly ssl: boolean;
}

/** The user's configuration of OVOS: a bus for the whole network, which is what many have. */
export async function writeBusConfiguration(
  home: string,
  websocket: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Promise<void> {
  const folder = join(home, '.config', 'mycroft');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'mycroft.conf'), JSON.stringify({ websocket, ...more }));
}

export class BusClient {
  readonly got: BusMessage[] = [];
  readonly errors: string[] = [];
  readonly child: ChildProcess;
  isOpen = false;

  /**
   * @param environment may name the certificate authority, which is how an unmodified client is told of it
   */
  constructor(python: string, home: string, context: BusPlace, environment: Record<string, string> = {}) {
    const script = join(import.meta.dirname, 'bus_client.py');
    const child = spawn(python, [script], {
      env: { HOME: home, PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', ...environment },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.child = child;
    child.stdin.on('error', () => {});
    child.stdin.write(`${JSON.stringify(context)}\n`);
    createInterface({ input: child.stdout }).on('line', line => {
      if (!line.startsWith('{"kind"')) return;
      const { kind, value } = JSON.parse(line) as { kind: string; value: unknown };
      if (kind === 'message') this.got.push(value as BusMessage);
      else if (kind === 'error') this.errors.push(String(value));
      else this.isOpen = true;
    });
  }

  async open(): Promise<this> {
    await eventually('the client is connected', 30_000, async () => this.isOpen);
    return this;
  }

  send(type: string, data: object = {}, context: object = {}): void {
    this.child.stdin?.write(`${JSON.stringify({ type, data, context })}\n`);
  }

  ofType(type: string): BusMessage[] {
    return this.got.filter(message => message.type === type);
  }

  /** The first message of a type for which it holds. */
  sees(type: string, which: (message: BusMessage) => boolean = () => true): Promise<BusMessage> {
    return eventually(`a message ${type}`, 60_000, async () => this.ofType(type).find(which));
  }

  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
  }
}

/** The bus itself, as its own program starts it. */
export async function bareBus(python: string, home: string, port: number): Promise<ChildProcess> {
  await writeBusConfiguration(home, { host: '0.0.0.0', port, route: '/core' });
  return spawn(join(dirname(python), 'ovos-messagebus'), [], {
    env: { HOME: home, PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' },
    stdio: 'ignore',
  });
}
