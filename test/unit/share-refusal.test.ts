import { expect, test } from 'vitest';
import { shareRefusalOf } from '../../src/main/core/share-refusal.ts';

test('a server whose own listener asks nobody for a token is not shared, whatever the look has found', () => {
  expect(shareRefusalOf(false, null)?.reason).toContain('asks nobody for a token');
});

test('a server that was not looked at yet, or of which nothing is open, may be shared', () => {
  expect(shareRefusalOf(true, null)).toBeNull();
  expect(shareRefusalOf(undefined, null)).toBeNull();
});

test('a server that answers the network without a credential is not shared; one that answers this computer alone is', () => {
  const found = { networkPorts: [8080], open: ['/api'] };
  expect(shareRefusalOf(true, { ...found, reach: 'network' })?.reason).toContain('port 8080');
  expect(shareRefusalOf(true, { ...found, reach: 'computer' })).toBeNull();
});
