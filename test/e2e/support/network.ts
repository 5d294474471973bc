/*
 * A guest's computer: a network namespace of its own, joined to this one by a cable, in which a real Chromium
 * runs.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type BrowserContext } from '@playwright/test';

export const chromiumPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

export interface GuestNetwork {
  /** Address of the owner's computer in it; loopback where no namespace can be made. */
  readonly address: string;
  /** Null where no namespace can be made. */
  readonly namespace: string | null;
  close(): void;
}

/** Needs root and iproute2; elsewhere guests are on loopback, and `namespace` says so. */
export function openGuestNetwork(): GuestNetwork {
  const name = `gatehouse-${process.pid}`;
  const [here, there] = [`gh${process.pid}a`.slice(-15), `gh${process.pid}b`.slice(-15)];
  // Of its own, so that two runs on one computer do not meet.
  const subnet = `10.77.${process.pid % 256}`;
  const ip = (...args: string[]): void => void execFileSync('ip', args, { stdio: 'pipe' });
  const close = (): void => {
    spawnSync('ip', ['link', 'delete', here], { stdio: 'ignore' });
    spawnSync('ip', ['netns', 'delete', name], { stdio: 'ignore' });
  };
  try {
    ip('netns', 'add', name);
    ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name);
    ip('address', 'add', `${subnet}.1/30`, 'dev', here);
    ip('link', 'set', here, 'up');
    ip('-n', name, 'address', 'add', `${subnet}.2/30`, 'dev', there);
    ip('-n', name, 'link', 'set', there, 'up');
    ip('-n', name, 'link', 'set', 'lo', 'up');
    return { address: `${subnet}.1`, namespace: name, close };
  } catch (error) {
    close();
    if (process.env['CI'] === 'true') throw error;
    return { address: '127.0.0.1', namespace: null, close: () => {} };
  }
}

export interface GuestBrowserOptions {
  readonly network: GuestNetwork;
  /** Private folder of this guest. */
  readonly folder: string;
  /** What the guest has installed: the local authority in PEM; null for nothing. */
  readonly authority: string | null;
}

export async function openGuestBrowser(options: GuestBrowserOptions): Promise<BrowserContext> {
  const { network, folder, authority } = options;
  const store = join(folder, '.pki', 'nssdb');
  await mkdir(store, { recursive: true });
  execFileSync('certutil', ['-d', `sql:${store}`, '-N', '--empty-password'], { stdio: 'pipe' });
  if (authority !== null) {
    const file = join(folder, 'ca.pem');
    await writeFile(file, authority);
    execFileSync('certutil', ['-d', `sql:${store}`, '-A', '-t', 'C,,', '-n', 'Gatehouse', '-i', file], {
      stdio: 'pipe',
    });
  }
  return chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: await wrapped(network, folder),
    ignoreHTTPSErrors: false,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    env: { ...process.env, HOME: folder },
  });
}

async function wrapped({ namespace }: GuestNetwork, folder: string): Promise<string> {
  if (namespace === null) return chromiumPath;
  const script = join(folder, 'chromium-there');
  await writeFile(script, `#!/bin/sh\nexec ip netns exec ${namespace} ${chromiumPath} "$@"\n`);
  await chmod(script, 0o700);
  return script;
}
