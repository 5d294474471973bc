import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditOf } from '../../fakes/sharing-writer.ts';

const program = join(import.meta.dirname, '../../fakes/sharing-writer.ts');
let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatehouse audit '));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

test(
  'killed 24 times while it writes, the audit log is whole and has every line that was answered',
  { timeout: 300_000 },
  async () => {
    const answered: string[] = [];
    for (let round = 0; round < 24; round++) {
      const child = spawn(process.execPath, [program, 'audit', root], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const lines = createInterface({ input: child.stdout });
      const closed = once(lines, 'close');
      const after = 2 + Math.floor(Math.random() * 60);
      let said = 0;
      lines.on('line', line => {
        const [what, reason = ''] = line.split(' ');
        if (what === 'written') answered.push(reason);
        said += 1;
        if (said === after) child.kill('SIGKILL');
      });
      await closed;
      const warnings: string[] = [];
      const audit = await auditOf(root, warnings);
      expect(await audit.verify()).toMatchObject({ whole: true });
      await audit.record({ event: 'listener-on', server: 's', address: '::', port: 1 });
      expect(await audit.verify()).toMatchObject({ whole: true });
      await audit.close();
      expect(warnings).toEqual([]);
    }
    const folder = join(root, 'audit');
    const names = await readdir(folder);
    expect(names.length).toBeGreaterThan(3);
    const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')));
    const written = new Set(Array.from(texts.join('').matchAll(/"reason":"([\d-]+)"/g), match => match[1]));
    expect(answered.length).toBeGreaterThan(100);
    for (const reason of answered) expect(written).toContain(reason);
  },
);
