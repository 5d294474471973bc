import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { silentProxy, TrustedProxies } from '../../../../src/main/core/gateway/request/trusted-proxies.ts';
import { ask, openRoom } from '../../../support/gateway.ts';

test.each<[readonly string[], string, string, string]>([
  [[], '203.0.113.9', '6.6.6.6', '203.0.113.9'],
  [['10.0.0.0/8'], '203.0.113.9', '6.6.6.6', '203.0.113.9'],
  [['10.0.0.0/8'], '10.0.0.1', '6.6.6.6,203.0.113.9', '203.0.113.9'],
  [['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 203.0.113.9 ,10.0.0.2', '203.0.113.9'],
  // The whole way is inside.
  [['10.0.0.0/8'], '10.0.0.1', '10.0.0.3,10.0.0.2', '10.0.0.3'],
  [['10.0.0.0/8'], '10.0.0.1', '', '10.0.0.1'],
  [['10.0.0.0/8'], '10.0.0.1', '203.0.113.9,unknown', '10.0.0.1'],
  [['10.0.0.0/8'], '10.0.0.1', '203.0.113.9,', '10.0.0.1'],
  [['10.0.0.0/8'], '10.0.0.1', '203.0.113.9:5000', '203.0.113.9'],
  [['10.0.0.0/8'], '10.0.0.1', '[2001:db8::7]:5000', '2001:db8::7'],
  [['10.0.0.0/8'], '::ffff:10.0.0.1', '203.0.113.9', '203.0.113.9'],
  [['2001:db8::/32'], '2001:db8::1', '203.0.113.9', '203.0.113.9'],
  [['2001:db8::/32'], '2001:db9::1', '203.0.113.9', '2001:db9::1'],
  [['0.0.0.0/0'], '10.0.0.1', '6.6.6.6', '6.6.6.6'],
])('behind proxies of %j, a connection from %s that says %j is of %s', (networks, peer, header, client) => {
  expect(new TrustedProxies(networks).clientOf(peer, header)).toBe(client);
});

test('whoever comes past the proxies is its own address, whatever it says', () => {
  const proxies = new TrustedProxies(['10.0.0.0/8', 'fd00::/8']);
  const outside = fc.ipV4().filter(address => !address.startsWith('10.'));
  const said = fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), { maxLength: 40 });
  fc.assert(fc.property(outside, said, (peer, all) => proxies.clientOf(peer, all.join(',')) === peer));
  // And behind a proxy: what it wrote last counts, whatever stands before.
  fc.assert(
    fc.property(
      outside,
      said,
      (client, all) => proxies.clientOf('10.0.0.1', [...all, client].join(',')) === client,
    ),
  );
  expect(proxies.clientOf('203.0.113.9', '10.0.0.1')).toBe('203.0.113.9');
});

test('a proxy that names nobody is told of, once', () => {
  const told: string[] = [];
  const proxies = new TrustedProxies(['10.0.0.0/8'], proxy => told.push(proxy));
  for (const header of ['', '203.0.113.9', '']) proxies.clientOf('10.0.0.1', header);
  proxies.clientOf('203.0.113.9', '');
  expect(told).toEqual(['10.0.0.1']);
  expect(silentProxy).toContain('X-Forwarded-For');
});

test.each([
  ['of another network', ['10.0.0.0/8']],
  ['this computer', ['127.0.0.0/8']],
])('attack: wrong tokens, each from another invented address; trusted: %s', async (_name, trustedProxies) => {
  const context = await openRoom({ rules: { trustedProxies } });
  try {
    const statuses = new Set<number>();
    for (let guess = 0; guess < 45; guess += 1) {
      const headers = { authorization: `token guess-${guess}`, 'x-forwarded-for': `203.0.113.${guess}` };
      statuses.add((await ask(context, '/', { headers })).status);
    }
    // Whoever is on the computer of a trusted proxy is believed: that is what the setting says.
    expect(statuses.has(429)).toBe(!trustedProxies.includes('127.0.0.0/8'));
  } finally {
    await context.close();
  }
});
