import { expect, test } from 'vitest';
import { encodeConstraints } from '../../../../src/main/core/share/certificate/encode-constraints.ts';

test('the extension is DER: permitted names and addresses with their masks', () => {
  const encoded = encodeConstraints({ names: ['local'], ranges: [{ address: '10.9.9.9', prefix: 8 }] });
  const expected = '3017a0153007'.concat('82056c6f63616c', '300a', '87080a000000ff000000');
  expect(Buffer.from(encoded).toString('hex')).toBe(expected);
  expect(() => encodeConstraints({ names: [], ranges: [{ address: 'x', prefix: 8 }] })).toThrow(TypeError);
});

test('an address of either family loses the bits beyond its prefix', () => {
  const ranges = [
    { address: 'fe80::ffff:1.2.3.4', prefix: 10 },
    { address: '192.168.7.7', prefix: 32 },
  ];
  const hex = Buffer.from(encodeConstraints({ names: [], ranges })).toString('hex');
  expect(hex).toContain(`8720fe80${'0'.repeat(28)}ffc0${'0'.repeat(28)}`);
  expect(hex).toContain('8708c0a80707ffffffff');
});

test('long ones have long lengths', () => {
  const names = Array.from({ length: 12 }, (_none, index) => `${'n'.repeat(50)}${index}.example.edu`);
  const encoded = encodeConstraints({ names, ranges: [] });
  expect([encoded[0], encoded[1]]).toEqual([0x30, 0x82]);
  expect(((encoded[2] ?? 0) << 8) + (encoded[3] ?? 0)).toBe(encoded.length - 4);
});
