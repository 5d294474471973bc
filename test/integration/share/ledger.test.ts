import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ledgerOf } from '../../fakes/sharing-writer.ts';

const program = join(import.meta.dirname, '../../fakes/sharing-writer.ts');
let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatehouse ledger '));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

/** What it said until it was killed, after so many lines. */
async function killed(what: string, folder: string, after: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [program, what, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout });
  const closed = once(lines, 'close');
  const ended = once(child, 'exit');
  lines.on('line', line => {
    said.push(line);
    if (said.length === after) child.kill('SIGKILL');
  });
  const [code, signal] = await ended;
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
  await closed;
  return said;
}

interface Known {
  readonly secret: string;
  cookies: string[];
  /** Joins that were begun. */
  joins: number;
  revoke: 'no' | 'begun' | 'answered';
}

function note(known: Map<string, Known>, line: string): void {
  const [what, id = '', value = ''] = line.split(' ');
  const link = known.get(id);
  if (what === 'made') known.set(id, { secret: value, cookies: [], joins: 0, revoke: 'no' });
  if (what === 'joining' && link !== undefined) link.joins += 1;
  if (what === 'joined' && link !== undefined) link.cookies.push(value);
  if (what === 'revoking' && link !== undefined) link.revoke = 'begun';
  if (what === 'revoked' && link !== undefined) link.revoke = 'answered';
}

test(
  'killed 52 times in the middle of it, the ledger opens, has lost nothing that was answered, and revives nothing',
  { timeout: 300_000 },
  async () => {
    const known = new Map<string, Known>();
    let answered = 0;
    for (let round = 0; round < 52; round++) {
      const said = await killed('ledger', root, 2 + Math.floor(Math.random() * 30));
      expect(said[0]).toBe('open');
      for (const line of said) note(known, line);
      answered += said.filter(line => /^(made|joined|revoked)/.test(line)).length;
      const warnings: string[] = [];
      const ledger = await ledgerOf(root, warnings);
      expect(warnings).toEqual([]);
      const listed = new Map(ledger.links().map(link => [link.id, link]));
      for (const [id, link] of known) {
        const verdict = ledger.look(id, link.secret);
        const found = link.cookies.map(cookie => ledger.find(cookie, 's').open);
        if (link.revoke === 'answered') {
          expect(verdict).toEqual({ open: false, reason: 'revoked' });
          expect(found).not.toContain(true);
          continue;
        }
        if (link.revoke === 'begun' && !verdict.open) continue;
        expect(verdict).toEqual({ open: true });
        expect(found).not.toContain(false);
        const left = listed.get(id)?.usesLeft ?? null;
        if (left === null) continue;
        expect(left).toBeLessThanOrEqual(2 - link.cookies.length);
        expect(left).toBeGreaterThanOrEqual(2 - link.joins);
      }
      await ledger.close();
    }
    expect(answered).toBeGreaterThan(100);
    const names = await readdir(root);
    expect(names.filter(name => /old|damaged|foreign|lock/.test(name))).toEqual([]);
  },
);

test('while one process has the ledger, another gets none', async () => {
  const folder = await mkdtemp(join(root, 'two '));
  const child = spawn(process.execPath, [program, 'ledger', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface({ input: child.stdout }), 'line');
  await expect(ledgerOf(folder, [])).rejects.toMatchObject({
    code: 'ledger-busy',
    message: expect.stringContaining(`process ${child.pid}`),
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  await (await ledgerOf(folder, [])).close();
});
