import { expect, test } from 'vitest';
import { busSharing } from '../../../../src/main/core/profiles/messagebus/bus-sharing.ts';

test('each role is offered in words, and what installs skills is said to run code', async () => {
  const offers = await busSharing.offers(null, AbortSignal.timeout(1000));
  expect(offers.map(({ role, title, runsCode }) => [role, title, runsCode])).toEqual([
    ['viewer', 'Observer', false],
    ['editor', 'Satellite', false],
    ['full', 'Full', true],
  ]);
  expect(offers.map(({ role }) => role)).toEqual(busSharing.rules.roles);
});
