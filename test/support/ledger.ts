/* A ledger in a folder of its own, with clocks that the test moves and a keychain that is a Map. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { SecretStore } from '../../src/main/core/ports.ts';
import { Secret } from '../../src/main/core/secret.ts';
import { deriveKeys } from '../../src/main/core/share/ledger/installation-key.ts';
import type { LinkRequest } from '../../src/main/core/share/ledger/link.ts';
import type { Ledger } from '../../src/main/core/share/ledger/ledger.ts';
import { openLedger, type LedgerOptions } from '../../src/main/core/share/ledger/open-ledger.ts';
import { memoryStore } from '../../src/main/core/vault/memory-store.ts';

export const keys = deriveKeys(new Secret('installation'));
export const guest = { name: 'Ada', address: '192.168.1.7', browser: 'Firefox on Linux' };
export const day: LinkRequest = { label: 'Ada', role: 'editor', serverId: 'thesis', madeBy: 'me' };

export class LedgerBench {
  folder = '';
  file = '';
  secretStore: SecretStore = memoryStore('A test.');
  wall = 0;
  run = 0;
  warnings: string[] = [];
  readonly #open: Ledger[] = [];

  constructor() {
    beforeEach(async () => {
      this.folder = await mkdtemp(join(tmpdir(), 'ledger ü '));
      this.file = join(this.folder, 'share-ledger.json');
      this.secretStore = { ...memoryStore('A test.'), store: 'keychain' };
      this.wall = 1_800_000_000_000;
      this.run = 0;
      this.warnings = [];
    });
    afterEach(async () => {
      await Promise.all(this.#open.splice(0).map(ledger => ledger.close().catch(() => undefined)));
      await rm(this.folder, { recursive: true, force: true });
    });
  }

  async opened(changes: Partial<LedgerOptions> = {}): Promise<Ledger> {
    const ledger = await openLedger({
      file: this.file,
      secretStore: this.secretStore,
      keys,
      owner: { pid: process.pid, host: 'here', processes: { startOf: async () => 'then' } },
      clock: () => this.wall,
      monotonic: () => this.run,
      warn: sentence => this.warnings.push(sentence),
      ...changes,
    });
    this.#open.push(ledger);
    return ledger;
  }

  /** Leaves the ledger as a crash would: nothing more is written, and the lock belongs to nobody. */
  async crashed(ledger: Ledger): Promise<void> {
    this.#open.splice(this.#open.indexOf(ledger), 1);
    const locks = (await readdir(this.folder)).filter(name => name.includes('.lock.'));
    for (const name of locks) await rm(join(this.folder, name));
  }

  pass(milliseconds: number): void {
    this.wall += milliseconds;
    this.run += milliseconds;
  }
}

/** The cookie of the session, or why there is none. */
export async function joined(
  ledger: Ledger,
  { link, secret }: { link: { id: string }; secret: Secret<string> },
): Promise<string> {
  const verdict = await ledger.join({ id: link.id, secret: secret.reveal(), approved: false, guest });
  return verdict.open ? verdict.cookie.reveal() : verdict.reason;
}
