/*
 * Half a minute of what `npm run soak:share` does for twenty: links and visits through kills of the core,
 * with a real keychain.
 */
import { expect, test } from 'vitest';
import { soak } from '../../soak/share.ts';

test('no link that was taken back works, no live link or visit is lost, and the audit log is whole', async () => {
  const figures = await soak(0.5, () => {});
  expect(figures.kills).toBeGreaterThan(1);
  expect(figures.joins).toBeGreaterThan(10);
  expect(figures.revoked).toBeGreaterThan(2);
});
