import { open, readFile, rm, stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createRedactor } from '../../../../src/main/core/log/redact.ts';
import { mintSecret, Secret } from '../../../../src/main/core/secret.ts';
import type { AuditEvent } from '../../../../src/main/core/share/audit/audit-entry.ts';
import { AuditBench, auditKey, refused } from '../../../support/audit.ts';

const bench = new AuditBench();

test('what happened is there, in order, private, and whole', async () => {
  const audit = bench.opened();
  for (const reason of ['a', 'b', 'c']) void audit.record(refused(reason));
  await audit.close();
  expect((await bench.lines()).map(line => line['reason'] ?? line['event'])).toEqual([
    'there was no log',
    'a',
    'b',
    'c',
  ]);
  expect((await bench.lines())[1]).toMatchObject({ n: 2, at: '2027-01-15T08:00:00.000Z', event: 'refused' });
  expect((await stat(bench.file)).mode & 0o777).toBe(0o600);
  expect(await audit.verify()).toEqual({ whole: true, lines: 4 });
});

test('attack: no secret, no forged line, nothing that a terminal acts on, nothing endless', async () => {
  const secret = mintSecret().reveal();
  const redactor = createRedactor();
  redactor.learn(new Secret('hunter2-hunter2'));
  const audit = bench.opened({ redactor });
  const nasty = '"}\n{"n":1}\r\u001b[2J\u202eevil\u2028\u0085\u{e0041}\ud800';
  const event: AuditEvent = {
    event: 'joined',
    link: 'abcdefgh2345',
    server: 'thesis',
    role: 'viewer',
    session: '0123456789ab',
    name: nasty,
    address: `https://lab/_gatehouse/join/x#${secret}`,
    browser: `hunter2-hunter2 ${'é'.repeat(100_000)}`,
  };
  await audit.record(event);
  const text = await readFile(bench.file, 'utf8');
  expect(text.split('\n')).toHaveLength(3);
  // oxlint-disable-next-line no-control-regex -- these are what is to be found
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\ud800-\udfff]/);
  expect(text).not.toContain(secret);
  expect(text).not.toContain('hunter2');
  expect(text.length).toBeLessThan(1500);
  expect((await bench.lines())[1]).toMatchObject({
    name: nasty,
    address: 'https://lab/_gatehouse/join/x#***',
  });
  expect(await audit.verify()).toMatchObject({ whole: true });
});

test('an event that does not fit its form is named, and stops nothing', async () => {
  const audit = bench.opened();
  await audit.record({ event: 'revoked', secret: 'x' } as unknown as AuditEvent);
  expect((await bench.lines())[1]).toMatchObject({ event: 'malformed', of: 'revoked' });
});

test('a full disk stops nothing, is said once, and is noted in the next line', async () => {
  let full = false;
  const operations = {
    open: (async (...args: Parameters<typeof open>) => {
      const handle = await open(...args);
      if (!full) return handle;
      handle.writeFile = async () => {
        await handle.write('{"n":3,"a');
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      };
      return handle;
    }) as typeof open,
  };
  const audit = bench.opened({ operations });
  await audit.record(refused('before'));
  full = true;
  await audit.record(refused('lost'));
  await audit.record(refused('lost too'));
  expect(bench.warnings).toEqual([
    'The audit log cannot be written: the disk is full. Gatehouse goes on without it.',
  ]);
  full = false;
  await audit.record(refused('after'));
  expect((await bench.lines()).slice(2)).toMatchObject([
    { event: 'torn' },
    { event: 'lost', events: 2, reason: 'the disk is full' },
    { event: 'refused', reason: 'after' },
  ]);
  expect(await audit.verify()).toEqual({ whole: true, lines: 5 });
});

test('a folder that is gone, or a keychain that refuses, stops nothing either', async () => {
  const audit = bench.opened({
    secretStore: { ...bench.secretStore, set: () => Promise.reject(new Error('locked')) },
  });
  await audit.record(refused('a'));
  expect(await audit.verify()).toMatchObject({ whole: true });
  await rm(bench.folder, { recursive: true });
  await audit.record(refused('b'));
  expect(bench.warnings).toHaveLength(1);
  await audit.close();
});

test('a flood is bounded, and its rest is a number', async () => {
  const audit = bench.opened({ maxQueued: 500 });
  const all = Array.from({ length: 530 }, () => audit.record(refused('guess')));
  await Promise.all(all);
  const lines = await bench.lines();
  expect(lines.filter(line => line['event'] === 'refused')).toHaveLength(500);
  expect(lines.find(line => line['event'] === 'lost')).toMatchObject({
    events: 30,
    reason: 'too much happens at once',
  });
  expect(bench.warnings).toHaveLength(1);
  expect(await audit.verify()).toMatchObject({ whole: true });
});

test('a new key signs from then on, and the old lines are still checked', async () => {
  const audit = bench.opened();
  await audit.record(refused('a'));
  await audit.rekey([auditKey('now'), auditKey('next')]);
  expect(await audit.verify()).toEqual({ whole: true, lines: 3 });
  await audit.close();
  const again = bench.opened({ keys: [auditKey('now'), auditKey('next')] });
  await again.record(refused('b'));
  expect(await again.verify()).toEqual({ whole: true, lines: 4 });
});
