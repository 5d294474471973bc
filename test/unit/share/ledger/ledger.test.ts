import { readFile, rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { guestSessionLimits } from '../../../../src/main/core/share/ledger/guest-sessions.ts';
import { day, joined, LedgerBench } from '../../../support/ledger.ts';

const bench = new LedgerBench();

test('a link is made, joined, listed and taken back', async () => {
  const ledger = await bench.opened();
  const { link, secret } = await ledger.make({ ...day, uses: 2 });
  expect(ledger.look(link.id, secret.reveal())).toEqual({ open: true });
  const cookie = await joined(ledger, { link, secret });
  expect(ledger.find(cookie, 'thesis')).toMatchObject({
    open: true,
    session: { role: 'editor', name: 'Ada' },
  });
  expect(ledger.find(cookie, 'other')).toEqual({ open: false, reason: 'other-server' });
  expect(ledger.links()).toMatchObject([{ id: link.id, usesLeft: 1, state: 'open' }]);
  expect(ledger.guests()).toHaveLength(1);
  const { ended, saved } = ledger.revoke(link.id);
  expect(ended).toMatchObject([{ linkId: link.id }]);
  expect(ledger.find(cookie, 'thesis')).toMatchObject({ open: false });
  await saved;
  expect(await joined(ledger, { link, secret })).toBe('revoked');
  expect(ledger.guests()).toEqual([]);
});

test('what is listed holds neither the secret nor its hash', async () => {
  const ledger = await bench.opened();
  const { secret } = await ledger.make(day);
  const listed = JSON.stringify(ledger.links());
  expect(listed).not.toContain(secret.reveal());
  expect(listed).not.toContain('hash');
});

test('everything is there after a crash, guests too', async () => {
  const ledger = await bench.opened();
  const { link, secret } = await ledger.make({ ...day, uses: 1 });
  const cookie = await joined(ledger, { link, secret });
  const other = await ledger.make(day);
  await ledger.revoke(other.link.id).saved;
  await bench.crashed(ledger);
  const again = await bench.opened();
  expect(bench.warnings).toEqual([]);
  expect(again.find(cookie, 'thesis')).toMatchObject({ open: true });
  expect(await joined(again, { link, secret })).toBe('used-up');
  expect(await joined(again, other)).toBe('revoked');
});

test('the bench.file tells nothing to who reads it', async () => {
  const ledger = await bench.opened();
  const { link, secret } = await ledger.make(day);
  await joined(ledger, { link, secret });
  const text = await readFile(bench.file, 'utf8');
  for (const word of [link.id, secret.reveal(), 'Ada', 'editor', 'thesis', '192.168.1.7'])
    expect(text).not.toContain(word);
});

test('attack: the clock set back does not revive a link, nor does a restart after that', async () => {
  const ledger = await bench.opened();
  const { link, secret } = await ledger.make({ ...day, lifeMs: 3_600_000 });
  const cookie = await joined(ledger, { link, secret });
  bench.pass(3_600_000);
  expect(ledger.find(cookie, 'thesis')).toMatchObject({ open: false, reason: 'expired' });
  const { ended, saved } = ledger.settle();
  expect(ended.links).toHaveLength(1);
  await saved;
  bench.wall -= 86_400_000;
  expect(await joined(ledger, { link, secret })).toBe('expired');
  await bench.crashed(ledger);
  bench.run = 0;
  const again = await bench.opened();
  expect(await joined(again, { link, secret })).toBe('expired');
  expect(again.find(cookie, 'thesis').open).toBe(false);
});

test('a link that is made while the clock is behind ends all the same', async () => {
  const ledger = await bench.opened();
  bench.wall += 10 * 365 * 86_400_000;
  ledger.now();
  bench.wall -= 10 * 365 * 86_400_000;
  const { link, secret } = await ledger.make({ ...day, lifeMs: 3_600_000 });
  expect(await joined(ledger, { link, secret })).toHaveLength(43);
  bench.pass(3_600_000);
  expect(await joined(ledger, { link, secret })).toBe('expired');
});

test('where the disk is gone, a link is not made, a guest not let in, and an end holds and is said to be unsaved', async () => {
  const ledger = await bench.opened();
  const { link, secret } = await ledger.make({ ...day, uses: 5 });
  const cookie = await joined(ledger, { link, secret });
  await rm(bench.folder, { recursive: true });
  await expect(ledger.make(day)).rejects.toMatchObject({ code: 'write-failed' });
  await expect(joined(ledger, { link, secret })).rejects.toMatchObject({ code: 'write-failed' });
  expect(ledger.links()).toHaveLength(1);
  expect(ledger.guests()).toHaveLength(1);
  const { ended, saved } = ledger.revoke(link.id);
  expect(ended).toHaveLength(1);
  await expect(saved).rejects.toMatchObject({ code: 'ledger-unsaved' });
  expect(ledger.find(cookie, 'thesis').open).toBe(false);
});

test('a keychain that does not answer keeps no revoke waiting, and is said once', async () => {
  const ledger = await bench.opened({
    secretStore: { ...bench.secretStore, set: () => Promise.reject(new Error('locked')) },
  });
  const { link, secret } = await ledger.make(day);
  await ledger.revoke(link.id).saved;
  expect(bench.warnings).toEqual([expect.stringContaining('keychain')]);
  expect(await joined(ledger, { link, secret })).toBe('revoked');
});

test('a link that is revoked while its guest waits for the disk lets nobody in', async () => {
  const ledger = await bench.opened();
  const { link, secret } = await ledger.make(day);
  const joining = joined(ledger, { link, secret });
  const { ended, saved } = ledger.revoke(link.id);
  expect(ended).toHaveLength(1);
  await saved;
  expect(await joining).toBe('revoked');
});

test('one guest is sent away, the others stay', async () => {
  const ledger = await bench.opened();
  const { link, secret } = await ledger.make(day);
  const [first, second] = [await joined(ledger, { link, secret }), await joined(ledger, { link, secret })];
  const one = ledger.find(first, 'thesis');
  await ledger.endGuest(one.open ? one.session.id : '').saved;
  expect(ledger.find(first, 'thesis')).toEqual({ open: false, reason: 'unknown' });
  expect(ledger.find(second, 'thesis').open).toBe(true);
  expect(() => ledger.endGuest('none')).toThrow(expect.objectContaining({ kind: 'not-found' }));
  expect(() => ledger.revoke('none')).toThrow(expect.objectContaining({ kind: 'not-found' }));
});

test('sharing of one server stops, that of another goes on', async () => {
  const ledger = await bench.opened();
  const made = [await ledger.make(day), await ledger.make({ ...day, serverId: 'lab' })];
  for (const { link, secret } of made) await joined(ledger, { link, secret });
  const { ended, saved } = ledger.revokeAll('thesis');
  await saved;
  expect(ended.map(guest => guest.serverId)).toEqual(['thesis']);
  expect(ledger.guests().map(guest => guest.serverId)).toEqual(['lab']);
  expect(ledger.revokeAll(null).ended).toHaveLength(1);
});

test('an idle guest ends, and is answered so that his sockets can be closed', async () => {
  const ledger = await bench.opened();
  const { link, secret } = await ledger.make({ ...day, lifeMs: 86_400_000 });
  const cookie = await joined(ledger, { link, secret });
  bench.pass(guestSessionLimits.idleMs - 1);
  expect(ledger.find(cookie, 'thesis').open).toBe(true);
  bench.pass(guestSessionLimits.idleMs);
  expect(ledger.find(cookie, 'thesis')).toEqual({ open: false, reason: 'idle' });
  expect(ledger.guests()).toEqual([]);
  expect(ledger.settle().ended.guests).toHaveLength(1);
});

test('the time on the disk follows without a change', async () => {
  const ledger = await bench.opened();
  const first = await readFile(bench.file, 'utf8');
  await ledger.settle().saved;
  expect(await readFile(bench.file, 'utf8')).toBe(first);
  bench.pass(60_000);
  await ledger.settle().saved;
  expect(await readFile(bench.file, 'utf8')).not.toBe(first);
});
