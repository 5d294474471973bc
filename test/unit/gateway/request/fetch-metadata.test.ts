import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { authorize } from '../../../../src/main/core/gateway/request/authorize.ts';
import { TrustedProxies } from '../../../../src/main/core/gateway/request/trusted-proxies.ts';
import { digestOf } from '../../../../src/main/core/gateway/request/digest.ts';
import { readFacts, type Facts } from '../../../../src/main/core/gateway/request/facts.ts';
import {
  isFromElsewhere,
  readFetchMetadata,
} from '../../../../src/main/core/gateway/request/fetch-metadata.ts';
import { makeHosts } from '../../../../src/main/core/gateway/request/hosts.ts';
import { comesFromOwnPage } from '../../../../src/main/core/gateway/request/form-body.ts';
import { defaultLimits } from '../../../../src/main/core/gateway/limits.ts';
import { hashSecret } from '../../../../src/main/core/secret.ts';

const token = 'a-token-of-the-owner';
const listener = {
  hosts: makeHosts('thesis', 1, []),
  headerCount: 100,
  trustedProxies: new TrustedProxies([]),
};

function read(headers: readonly string[], method = 'GET'): Facts {
  const rawHeaders = ['Host', 'thesis.localhost:1', ...headers];
  const facts = readFacts({ method, url: '/x', httpVersion: '1.1', rawHeaders }, '::1', false, listener);
  if ('message' in facts) throw new Error(facts.message);
  return facts;
}

/** With the header that the window injects: a credential that a browser adds by itself. */
function isOpen(site: string): boolean {
  const facts = read(['X-Gatehouse-Token', token, 'Sec-Fetch-Site', site]);
  const keys = { tokenHash: hashSecret(token), sessions: new Map(), digestOf };
  return authorize(0, facts, { ...keys, limits: defaultLimits }).open;
}

test.each([
  ['same-origin', 'same-origin', true],
  ['none', 'none', true],
  ['same-site', 'same-site', false],
  ['cross-site', 'cross-site', false],
  ['', 'cross-site', false],
  ['Same-Origin', 'cross-site', false],
  ['NONE', 'cross-site', false],
  ['same-origin ', 'cross-site', false],
  ['"same-origin"', 'cross-site', false],
  ['same-origin, same-origin', 'cross-site', false],
  ['same-origin;a=1', 'cross-site', false],
  ['null', 'cross-site', false],
  ['trusted', 'cross-site', false],
])('Sec-Fetch-Site %o is %s', (value, site, open) => {
  const facts = read(['Sec-Fetch-Site', value]);
  expect([facts.site, isOpen(value), comesFromOwnPage(facts)]).toEqual([site, open, open]);
});

test('whatever is sent and is not one of the two good values is from elsewhere', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom('same-origin', 'none', 'same-site')), value => {
      const trusted = value === 'same-origin' || value === 'none';
      expect(isFromElsewhere(readFetchMetadata({ site: value, mode: null, dest: null }))).toBe(!trusted);
    }),
  );
});

test('whatever is sent and is not `navigate` of a `document` loads no page', () => {
  const value = fc.option(
    fc.oneof(fc.string(), fc.constantFrom('navigate', 'document', 'iframe', 'Navigate')),
  );
  fc.assert(
    fc.property(value, value, (mode, dest) => {
      const headers = [
        ...(mode === null ? [] : ['Sec-Fetch-Mode', mode]),
        ...(dest === null ? [] : ['Sec-Fetch-Dest', dest]),
      ];
      const page = (mode === null || mode === 'navigate') && (dest === null || dest === 'document');
      expect(read(['Accept', 'text/html', ...headers]).navigation).toBe(page);
    }),
  );
});

test.each(['Sec-Fetch-Site', 'Sec-Fetch-Mode', 'Sec-Fetch-Dest', 'Origin'])(
  'two lines of %s are refused',
  name => {
    expect(() => read([name, 'same-origin', name.toLowerCase(), 'same-origin'])).toThrow('was sent twice');
  },
);

test('a service worker is known by either header, whatever it says', () => {
  expect(read(['Service-Worker', 'script']).workerScript).toBe(true);
  expect(read(['Service-Worker', '']).workerScript).toBe(true);
  expect(read(['Sec-Fetch-Dest', 'serviceworker']).workerScript).toBe(true);
  expect(read(['Sec-Fetch-Dest', 'worker']).workerScript).toBe(false);
});
