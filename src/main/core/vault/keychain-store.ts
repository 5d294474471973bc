import { createHash, randomBytes } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { posix } from 'node:path';
import type { SecretStore } from '../ports.ts';
import { Secret } from '../secret.ts';
import { keychainError, keychainFault } from './keychain-fault.ts';
import { createKeychainProcess, KeychainEnded, type KeychainCalls } from './keychain-process.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface KeychainOptions {
  /** Tells installations of one user apart. */
  readonly home: string;
  readonly environment: Environment;
  readonly platform: NodeJS.Platform;
  /** Where the program that uses the keychain lies, when not beside this file. */
  readonly entry?: string | undefined;
  /** For tests; by default 10 s, and 60 s where a person may be asked for a password. */
  readonly timeoutMs?: number | undefined;
}

/** A keeper with a child process that may be running. */
export interface KeychainStore extends SecretStore {
  close(): void;
}

/** Every installation has a name of its own in the keychain. */
function serviceOf(home: string): string {
  return `Gatehouse ${createHash('sha256').update(home).digest('hex').slice(0, 8)}`;
}

const names: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'the macOS Keychain',
  win32: 'the Windows Credential Manager',
};

/**
 * Opens the keychain after a proof that it keeps, gives back and deletes. Refuses with one of the four
 * keychain errors.
 */
export async function openKeychain(options: KeychainOptions): Promise<KeychainStore> {
  const { environment, platform, entry } = options;
  const bus = platform === 'linux' ? await sessionBus(environment) : null;
  if (platform === 'linux' && bus === null) {
    throw keychainError('keychain-gone', new Error('There is no session bus (DBUS_SESSION_BUS_ADDRESS).'));
  }
  const calls = createKeychainProcess({
    service: serviceOf(options.home),
    entry,
    environment: childEnvironment(environment, bus),
    timeoutMs: options.timeoutMs ?? (someoneMayAnswer(environment, platform) ? 60_000 : 10_000),
  });
  const secretStore = keychainStore(
    calls,
    `Secrets are kept in ${names[platform] ?? 'the keychain of this desktop (Secret Service)'}.`,
  );
  try {
    await tried(calls, () => prove(calls));
    return secretStore;
  } catch (error) {
    calls.close();
    throw error;
  }
}

export function keychainStore(calls: KeychainCalls, sentence: string): KeychainStore {
  return {
    store: 'keychain',
    sentence,
    async get(name) {
      const value = await tried(calls, async () => {
        const found = await calls.ask('get', name);
        // A locked Secret Service says "nothing found" instead of "locked". Believed, that would mint a
        // second secret.
        if (found === null) await prove(calls);
        return found;
      });
      return value === null ? null : new Secret(value);
    },
    async set(name, value) {
      await tried(calls, () => calls.ask('set', name, value.reveal()));
    },
    async delete(name) {
      await tried(calls, async () => {
        await calls.ask('delete', name);
        // Likewise a locked one says "nothing to delete".
        await prove(calls);
      });
    },
    close: () => calls.close(),
  };
}

/** Keeps, reads and deletes a worthless value. */
async function prove(calls: KeychainCalls): Promise<void> {
  const account = `probe-${process.pid}`;
  const value = randomBytes(16).toString('hex');
  await calls.ask('set', account, value);
  const back = await calls.ask('get', account);
  await calls.ask('delete', account);
  if (back !== value) throw new Error('The keychain did not give back what it was given.');
}

/**
 * A connection to a keychain service that was restarted stays broken: once, a new child may find the new
 * service.
 */
async function tried<T>(calls: KeychainCalls, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const fault = keychainFault(error);
    if (fault !== 'keychain-gone' || error instanceof KeychainEnded) throw keychainError(fault, error);
  }
  calls.close();
  try {
    return await work();
  } catch (error) {
    throw keychainError(keychainFault(error), error);
  }
}

/**
 * The address of the session bus, or null when there is none. Looked at before the library is, which without
 * a bus would start one of its own (dbus-launch), with an empty keychain that nobody can unlock.
 */
export async function sessionBus(environment: Environment): Promise<string | null> {
  const named = environment['DBUS_SESSION_BUS_ADDRESS'] ?? '';
  if (named !== '') {
    // One plain socket can be looked at; lists and other ways of transport are left to the library.
    const path = /^unix:path=([^,;]+)(?:,[^;]*)?$/.exec(named)?.[1];
    return path === undefined || (await isSocket(unescaped(path))) ? named : null;
  }
  const runtime = environment['XDG_RUNTIME_DIR'] ?? '';
  const usual = posix.join(runtime, 'bus');
  return posix.isAbsolute(runtime) && (await isSocket(usual)) ? `unix:path=${usual}` : null;
}

/**
 * D-Bus specification, "Server addresses": bytes outside a few are written %XX. What is no such writing names
 * no socket.
 */
function unescaped(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}

async function isSocket(path: string): Promise<boolean> {
  return lstat(path).then(
    facts => facts.isSocket(),
    () => false,
  );
}

function someoneMayAnswer(environment: Environment, platform: NodeJS.Platform): boolean {
  if (platform !== 'linux') return true;
  return Boolean(environment['DISPLAY']) || Boolean(environment['WAYLAND_DISPLAY']);
}

/**
 * The user's environment, because a keychain may need any of it, without what is ours and what changes how
 * Node starts.
 */
function childEnvironment(environment: Environment, bus: string | null): Environment {
  const kept = Object.entries(environment).filter(([name]) => !/^(?:GATEHOUSE_|NODE_)/i.test(name));
  const ours = { LC_ALL: 'C.UTF-8', ...(bus === null ? {} : { DBUS_SESSION_BUS_ADDRESS: bus }) };
  return { ...Object.fromEntries(kept), ...ours };
}
