/* An audit log in a folder of its own. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { SecretStore } from '../../src/main/core/ports.ts';
import { createRedactor } from '../../src/main/core/log/redact.ts';
import { Secret } from '../../src/main/core/secret.ts';
import { Audit, auditFolders, type AuditOptions } from '../../src/main/core/share/audit/audit.ts';
import type { AuditEvent } from '../../src/main/core/share/audit/audit-entry.ts';
import { AuditStream, type AuditStreamOptions } from '../../src/main/core/share/audit/audit-stream.ts';
import type { AuditKey } from '../../src/main/core/share/ledger/retired-keys.ts';
import { memoryStore } from '../../src/main/core/vault/memory-store.ts';

export const auditKey = (name: string): AuditKey => ({ id: name, key: new Secret(Buffer.alloc(32, name)) });

export class AuditBench {
  root = '';
  folder = '';
  file = '';
  secretStore: SecretStore = memoryStore('A test.');
  warnings: string[] = [];

  constructor() {
    beforeEach(async () => {
      this.root = await mkdtemp(join(tmpdir(), 'audit ü '));
      this.folder = join(this.root, 'audit');
      this.file = join(this.folder, 'audit.jsonl');
      for (const each of auditFolders(this.folder)) await mkdir(each, { recursive: true });
      this.secretStore = memoryStore('A test.');
      this.warnings = [];
    });
    afterEach(async () => {
      await rm(this.root, { recursive: true, force: true });
    });
  }

  /** One chain, in which everything is written. */
  opened(changes: Partial<AuditStreamOptions> = {}): AuditStream {
    return new AuditStream({ ...this.#options(), headName: 'audit-head', ...changes });
  }

  /** All three chains. */
  whole(changes: Partial<AuditOptions> = {}): Audit {
    return new Audit({ ...this.#options(), ...changes });
  }

  /** For another log, which has nothing to do with the first. */
  async fresh(root: string, changes: Partial<AuditOptions>): Promise<Partial<AuditOptions>> {
    const folder = join(root, 'audit');
    for (const each of auditFolders(folder)) await mkdir(each, { recursive: true });
    return { folder, headFile: join(root, 'audit.head'), secretStore: memoryStore('A test.'), ...changes };
  }

  #options(): AuditOptions {
    return {
      folder: this.folder,
      headFile: join(this.root, 'audit.head'),
      secretStore: this.secretStore,
      keys: [auditKey('now')],
      redactor: createRedactor(),
      clock: () => 1_800_000_000_000,
      maxBytes: 1_000_000,
      kept: 3,
      warn: sentence => this.warnings.push(sentence),
    };
  }

  /** The whole lines of the current file. */
  async lines(): Promise<Record<string, unknown>[]> {
    const text = await readFile(this.file, 'utf8');
    const whole = text.split('\n').filter(line => /^\{.*"mac":"[\w-]+"\}$/.test(line));
    return whole.map(line => JSON.parse(line) as Record<string, unknown>);
  }
}

export function refused(reason: string): AuditEvent {
  return { event: 'refused', server: 'thesis', link: null, address: '::1', reason, times: 1 };
}
