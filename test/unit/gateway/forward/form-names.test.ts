import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { FormNames } from '../../../../src/main/core/gateway/forward/form-names.ts';

const allows = (name: string): boolean => !name.includes('_method');
const cases: [string, number][] = [
  ['a=1&b=2', 200],
  ['a=_method=1&b', 200],
  ['_method', 200],
  ['', 200],
  ['_method=DELETE', 403],
  ['a=1&_method=DELETE', 403],
  ['a=1;_method=DELETE', 403],
  [`${'+'.repeat(1001)}_method=DELETE`, 400],
  ['a=&'.repeat(10_000), 200],
  ['a=&'.repeat(10_001), 413],
  [`a=${'x'.repeat(5000)}&_method=`, 403],
];

function scan(text: string, cuts: readonly number[]): number {
  const names = new FormNames(allows);
  const places = [0, ...cuts.filter(cut => cut < text.length).sort((a, b) => a - b), text.length];
  for (let index = 1; index < places.length; index++) {
    const refusal = names.push(Buffer.from(text.slice(places[index - 1], places[index])));
    if (refusal !== null) return refusal.status;
  }
  return 200;
}

test.each(cases)('%.40s is answered with %d, however the network cuts it', (text, status) => {
  fc.assert(
    fc.property(fc.array(fc.nat(text.length + 1), { maxLength: 20 }), cuts => {
      expect(scan(text, cuts)).toBe(status);
    }),
  );
});
