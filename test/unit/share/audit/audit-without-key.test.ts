import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refuseAuditOfMemory } from '../../../../src/main/core/share/audit/audit-without-key.ts';

let data = '';
beforeAll(async () => void (data = await mkdtemp(join(tmpdir(), 'audit ü '))));
afterAll(() => rm(data, { recursive: true }));

test('a log whose key ended with its run is neither denied nor called forged', async () => {
  await expect(refuseAuditOfMemory({ store: 'memory' }, data)).resolves.toBeUndefined();
  await mkdir(join(data, 'audit'));
  await writeFile(join(data, 'audit', 'audit.jsonl'), '{}\n');
  await expect(refuseAuditOfMemory({ store: 'memory' }, data)).rejects.toMatchObject({
    code: 'audit-without-key',
    message: expect.stringContaining(join(data, 'audit', 'audit.jsonl')),
  });
  await expect(refuseAuditOfMemory({ store: 'keychain' }, data)).resolves.toBeUndefined();
});
