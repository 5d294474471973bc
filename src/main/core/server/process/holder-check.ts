/**
 * The attack: a server's worker dies while its parent lives on, another account takes the port, and the
 * gateway's next connection carries the credential of the server, a cookie and a request to that account. A
 * proof every few seconds leaves a window. So each connection is checked on its own, after it is established
 * and before its first byte: the operating system is asked whose socket is at its other end.
 */
import { readFile } from 'node:fs/promises';
import type { CheckHolder, Holder, RunFacts } from '../../ports.ts';
import {
  findConnection,
  holds,
  listenersOn,
  parseProcNet,
  reached,
  type Listener,
} from './port-listeners.ts';
import { foreignPort, pidsOf, portOwner, type PortOwner } from './port-owner.ts';

export interface HolderCheckOptions {
  /** Null when the run has ended. */
  readonly run: () => RunFacts | null;
  readonly platform: NodeJS.Platform;
  /** Told each time that a connection ended at another program. */
  readonly foreign: (holder: Extract<Holder, { kind: 'foreign' }>) => void;
}

const noRun: Holder = { kind: 'unknown', detail: 'The server has ended.' };

/** One for each run. */
export function holderCheck({ run, platform, foreign }: HolderCheckOptions): CheckHolder {
  const check = platform === 'linux' ? linuxCheck() : slowCheck(platform);
  return async connection => {
    const facts = run();
    const holder = facts === null ? noRun : await check(facts, connection).catch(failed);
    if (holder.kind === 'foreign') foreign(holder);
    return holder;
  };
}

function failed(error: unknown): Holder {
  return { kind: 'unknown', detail: error instanceof Error ? error.message : String(error) };
}

type Check = (run: RunFacts, connection: Parameters<CheckHolder>[0]) => Promise<Holder>;

/**
 * The socket at the other end is in the same table as the listeners. Until the server has accepted the
 * connection it belongs to nobody and ends with its listener, so the listener counts; after that its own
 * inode does. Which listeners are ours is remembered: an inode is not given out again while a run lasts.
 */
function linuxCheck(): Check {
  const tables = shared(() =>
    Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(path => readFile(path, 'latin1').catch(() => ''))),
  );
  const ownerOf = rememberOurs();
  return async (run, { port, ownPort, six = false }) => {
    const texts = await tables();
    const peer = texts.map(text => findConnection(text, port, ownPort, six)).find(found => found !== null);
    if (peer === undefined || peer === null) {
      return { kind: 'unknown', detail: `Nobody holds the connection to port ${port} any more.` };
    }
    const listeners = reached(
      texts.flatMap(text => parseProcNet(text, port)),
      six,
    );
    const owner = await ownerOf(listeners, port, run, six);
    if (peer.inode === '0') return asHolder(owner);
    // A program of this account can read whatever the server can; it need not take its port.
    if (owner.kind === 'ours' && peer.uid === process.getuid?.()) return owner;
    const accepted = { ...unnamed, inode: peer.inode };
    return (await holds(await pidsOf(run, 'linux'), accepted))
      ? { kind: 'ours' }
      : foreignPort(port, [accepted]);
  };
}

type OwnerOf = (
  listeners: readonly Listener[],
  port: number,
  run: RunFacts,
  six: boolean,
) => Promise<PortOwner>;

/**
 * Looks through the processes once for each set of listeners; what is not ours is looked at again each time.
 */
function rememberOurs(): OwnerOf {
  const known = new Map<string, Promise<PortOwner>>();
  return async (listeners, port, run, six) => {
    const key = [six, ...listeners.map(({ inode }) => inode)].join();
    const owner = known.get(key) ?? portOwner(listeners, port, run, 'linux', six);
    known.set(key, owner);
    const { kind } = await owner.catch((error: unknown) => {
      known.delete(key);
      throw error;
    });
    if (kind !== 'ours') known.delete(key);
    return owner;
  };
}

const unnamed: Listener = {
  reach: 'loopback',
  takesLoopback: true,
  takesLoopback6: true,
  address: '',
  precision: 0,
  inode: null,
  pid: null,
};

/** Elsewhere a program has to be started to ask: what it said holds for a second, and only of who listens. */
function slowCheck(platform: NodeJS.Platform): Check {
  const answers = new Map<string, { readonly at: number; readonly holder: Promise<Holder> }>();
  return (run, { port, six = false }) => {
    const key = `${port} ${six}`;
    const last = answers.get(key);
    if (last !== undefined && performance.now() - last.at < 1000) return last.holder;
    const holder = whoListens(port, run, platform, six);
    answers.set(key, { at: performance.now(), holder });
    return holder;
  };
}

async function whoListens(
  port: number,
  run: RunFacts,
  platform: NodeJS.Platform,
  six: boolean,
): Promise<Holder> {
  return asHolder(await portOwner(await listenersOn(port, platform), port, run, platform, six));
}

function asHolder(owner: PortOwner): Holder {
  return owner.kind === 'not-yet' ? { kind: 'unknown', detail: owner.detail } : owner;
}

/** Many may wait for one look, if it begins after they asked. */
function shared<T>(look: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | null = null;
  return () => {
    next ??= running.then(() => {
      next = null;
      const looking = look();
      running = looking.catch(() => {});
      return looking;
    });
    return next;
  };
}
