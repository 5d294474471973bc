/*
 * A process that changes the ledger (or writes the audit log) as fast as it can until it is killed, and says
 * what it is about to do and what was answered. Arguments: `ledger` or `audit`, a folder.
 */
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createRedactor } from '../../src/main/core/log/redact.ts';
import { startOf } from '../../src/main/core/server/process/processes.ts';
import { AuditStream } from '../../src/main/core/share/audit/audit-stream.ts';
import { deriveKeys } from '../../src/main/core/share/ledger/installation-key.ts';
import type { Ledger } from '../../src/main/core/share/ledger/ledger.ts';
import { openLedger } from '../../src/main/core/share/ledger/open-ledger.ts';
import { auditKeysOf } from '../../src/main/core/share/ledger/retired-keys.ts';
import { Secret } from '../../src/main/core/secret.ts';
import { openSealedFile } from '../../src/main/core/vault/sealed-file-store.ts';
import type { SecretStore } from '../../src/main/core/ports.ts';
import type { DeriveKey } from '../../src/main/core/vault/sealed-envelope.ts';

const keys = deriveKeys(new Secret('installation'));

/** For a test that opens the keeper a hundred times. */
const quickly: DeriveKey = (_passphrase, salt = Buffer.alloc(16, 1)) =>
  Promise.resolve({ salt, key: Buffer.alloc(32, 2), check: Buffer.alloc(32, 3) });

export async function keeperOf(folder: string): Promise<SecretStore> {
  return openSealedFile(join(folder, 'secrets'), () => Promise.resolve(new Secret('correct horse')), quickly);
}

export async function ledgerOf(folder: string, warnings: string[]): Promise<Ledger> {
  return openLedger({
    file: join(folder, 'share-ledger.json'),
    secretStore: await keeperOf(folder),
    keys,
    owner: { pid: process.pid, host: hostname(), processes: { startOf } },
    warn: sentence => warnings.push(sentence),
  });
}

export async function auditOf(folder: string, warnings: string[]): Promise<AuditStream> {
  await mkdir(join(folder, 'audit'), { recursive: true });
  return new AuditStream({
    folder: join(folder, 'audit'),
    headFile: join(folder, 'audit.head'),
    secretStore: await keeperOf(folder),
    headName: 'audit-head',
    keys: auditKeysOf(keys, []),
    redactor: createRedactor(),
    maxBytes: 10_000,
    kept: 10_000,
    warn: sentence => warnings.push(sentence),
  });
}

const say = (...words: readonly string[]): void => void process.stdout.write(`${words.join(' ')}\n`);

async function changeLedger(ledger: Ledger): Promise<never> {
  const mine: string[] = [];
  for (let turn = 0; ; turn++) {
    const uses = turn % 2 === 0 ? null : 2;
    const { link, secret } = await ledger.make({
      label: 'x',
      role: 'viewer',
      serverId: 's',
      madeBy: 'me',
      uses,
    });
    mine.push(link.id);
    say('made', link.id, secret.reveal());
    say('joining', link.id);
    const guest = { name: 'Ada', address: '::1', browser: '' };
    const joined = await ledger.join({ id: link.id, secret: secret.reveal(), approved: false, guest });
    if (!joined.open) throw new Error(joined.reason);
    say('joined', link.id, joined.cookie.reveal());
    const victim = turn % 3 === 0 ? mine[Math.floor(Math.random() * mine.length)] : undefined;
    if (victim === undefined) continue;
    say('revoking', victim);
    await ledger.revoke(victim).saved;
    say('revoked', victim);
  }
}

async function writeAudit(audit: AuditStream): Promise<never> {
  for (let turn = 0; ; turn++) {
    const reason = `${process.pid}-${Math.floor(Math.random() * 1e12)}`;
    await audit.record({ event: 'refused', server: 's', link: null, address: '::1', reason, times: 1 });
    say('written', reason);
  }
}

if (import.meta.main) {
  const [, , what, folder = ''] = process.argv;
  const warnings: string[] = [];
  if (what === 'ledger') {
    const ledger = await ledgerOf(folder, warnings);
    say('open', ...warnings);
    await Promise.all([changeLedger(ledger), changeLedger(ledger), changeLedger(ledger)]);
  }
  const audit = await auditOf(folder, warnings);
  say('open');
  await Promise.all([writeAudit(audit), writeAudit(audit), writeAudit(audit)]);
}
