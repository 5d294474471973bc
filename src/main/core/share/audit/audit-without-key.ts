import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { GatehouseError } from '../../errors.ts';
import type { SecretStore } from '../../ports.ts';

/**
 * With secrets in memory the key of an earlier run's log is gone with it: that is no sign that somebody
 * changed it, nor that there is none.
 */
export async function refuseAuditOfMemory(
  { store }: Pick<SecretStore, 'store'>,
  data: string,
): Promise<void> {
  const file = join(data, 'audit', 'audit.jsonl');
  if (store !== 'memory') return;
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  throw new GatehouseError(
    'audit-without-key',
    `The audit log of an earlier run is in ${file}, but the key that it was sealed with was kept in memory and ended with that run.`,
    { nextStep: 'Read it as it is; with a keychain or `--secrets=file` the key is kept.' },
  );
}
