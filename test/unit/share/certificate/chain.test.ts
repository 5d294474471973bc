import { beforeAll, expect, test } from 'vitest';
import {
  arrangeChain,
  isSelfSigned,
  issuerAmong,
} from '../../../../src/main/core/share/certificate/chain.ts';
import {
  day,
  makeCertificate,
  makeChain,
  noon,
  type TestCertificate,
} from '../../../support/certificates.ts';

let made: Record<'root' | 'middle' | 'leaf', TestCertificate>;
let stranger: TestCertificate;

beforeAll(async () => {
  made = await makeChain();
  stranger = await makeCertificate({ subject: 'CN=Stranger' });
});

test('any order of the file becomes the order of TLS; the root is not sent', () => {
  const { root, middle, leaf } = made;
  const certificates = [root, middle, leaf].map(one => one.certificate);
  const [r, m, l] = certificates as [
    typeof root.certificate,
    typeof root.certificate,
    typeof root.certificate,
  ];
  const orders = [
    [[l, m, r], true],
    [[l, m], true],
    [[m, l], false],
    [[r, m, l], false],
    [[r, l, m], true],
  ] as const;
  for (const [order, inOrder] of orders) {
    const chain = arrangeChain(order, leaf.key);
    expect(chain).toMatchObject({ leaf: l, intermediates: [m], strangers: [], inOrder });
    expect(chain?.root).toBe(order.length === 3 ? r : null);
  }
});

test('a key of nobody, a gap, a stranger', () => {
  const { root, middle, leaf } = made;
  expect(arrangeChain([leaf.certificate], stranger.key)).toBeNull();
  expect(arrangeChain([], leaf.key)).toBeNull();
  const gap = arrangeChain([leaf.certificate, root.certificate, stranger.certificate], leaf.key);
  expect(gap).toMatchObject({ intermediates: [], root: null });
  expect(gap?.strangers).toEqual([root.certificate, stranger.certificate]);
  expect(arrangeChain([middle.certificate, leaf.certificate], middle.key)?.leaf).toBe(middle.certificate);
});

test('of two certificates of one key the one that lasts longest is meant, and of two issuers as well', async () => {
  const { middle, leaf, root } = made;
  const renewed = await makeCertificate({ issuer: middle, keyOf: leaf, to: noon + 180 * day });
  const chain = arrangeChain([leaf.certificate, renewed.certificate, middle.certificate], leaf.key);
  expect(chain?.leaf).toBe(renewed.certificate);
  const newMiddle = await makeCertificate({
    subject: 'CN=Example Middle',
    ca: true,
    issuer: root,
    keyOf: middle,
    to: noon + 1800 * day,
  });
  const issuer = issuerAmong([middle.certificate, newMiddle.certificate], leaf.certificate);
  expect(issuer).toBe(newMiddle.certificate);
});

test('one that vouches for itself is leaf and end; the same name without the key is no issuer', async () => {
  const chain = arrangeChain([stranger.certificate], stranger.key);
  expect(chain).toMatchObject({ leaf: stranger.certificate, intermediates: [], root: null });
  expect(isSelfSigned(stranger.certificate)).toBe(true);
  expect(isSelfSigned(made.leaf.certificate)).toBe(false);
  const impostor = await makeCertificate({ subject: 'CN=Example Middle', ca: true });
  expect(issuerAmong([impostor.certificate], made.leaf.certificate)).toBeNull();
});

test('two that signed each other end the climb', async () => {
  const a = await makeCertificate({ subject: 'CN=A', ca: true });
  const b = await makeCertificate({ subject: 'CN=B', ca: true, issuer: a });
  const back = await makeCertificate({ subject: 'CN=A', ca: true, issuer: b, keyOf: a });
  const leaf = await makeCertificate({ issuer: b });
  const chain = arrangeChain([leaf.certificate, back.certificate, b.certificate], leaf.key);
  expect(chain?.intermediates).toEqual([b.certificate, back.certificate]);
});
