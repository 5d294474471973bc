import { expect, test } from 'vitest';
import { arrangeChain, type Chain } from '../../../../src/main/core/share/certificate/chain.ts';
import { systemRoots, trustOf } from '../../../../src/main/core/share/certificate/system-trust.ts';
import { makeCertificate, makeChain, type TestCertificate } from '../../../support/certificates.ts';

const chainOf = (leaf: TestCertificate, ...more: TestCertificate[]): Chain => {
  const chain = arrangeChain(
    [leaf, ...more].map(one => one.certificate),
    leaf.key,
  );
  if (chain === null) throw new Error('The key does not fit.');
  return chain;
};

test('where a chain ends, with and without its root in the file', async () => {
  const { root, middle, leaf } = await makeChain();
  const other = await makeCertificate({ subject: 'CN=Example Root', ca: true });
  const none = { everybody: [], computer: [] };
  const known = { everybody: ['not a certificate', root.pem], computer: [] };
  const here = { everybody: [other.pem], computer: [root.pem] };
  const rows = [
    [chainOf(leaf, middle), known, 'everybody'],
    [chainOf(leaf, middle, root), known, 'everybody'],
    [chainOf(leaf, middle), here, 'computer'],
    [chainOf(leaf, middle, root), here, 'computer'],
    [chainOf(leaf, middle, root), none, 'root-supplied'],
    [chainOf(leaf, middle), none, 'open'],
    [chainOf(leaf), known, 'open'],
    // Some organisations install the middle one.
    [chainOf(leaf, middle), { everybody: [], computer: [middle.pem] }, 'computer'],
    [chainOf(other), none, 'self-signed'],
    [chainOf(other), { everybody: [], computer: [other.pem] }, 'computer'],
  ] as const;
  for (const [chain, roots, trust] of rows) expect(trustOf(chain, roots)).toBe(trust);
});

test("the computer's own roots are not even read where a browser's suffice", async () => {
  const { root, middle, leaf } = await makeChain();
  const roots = {
    everybody: [root.pem],
    get computer(): string[] {
      throw new Error('They were read.');
    },
  };
  expect(trustOf(chainOf(leaf, middle), roots)).toBe('everybody');
});

test('the real roots are many, and do not know a stranger', async () => {
  const roots = systemRoots();
  expect(roots.everybody.length).toBeGreaterThan(50);
  expect(trustOf(chainOf(await makeCertificate()), roots)).toBe('self-signed');
});
