import { expect, test } from 'vitest';
import { guestStyle } from '../../../../../src/main/core/gateway/guest/pages/guest-style.ts';
import { pageStyle } from '../../../../../src/main/core/gateway/page-style.ts';

test('it adds to the common look, names only colours that are known, and loads nothing', () => {
  expect(guestStyle.startsWith(pageStyle)).toBe(true);
  const known = new Set([...guestStyle.matchAll(/(--[\w-]+):/g)].map(([, name]) => name));
  const used = [...guestStyle.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name);
  expect(used.filter(name => !known.has(name))).toEqual([]);
  expect(guestStyle).not.toMatch(/url\(|@import|<\//);
});
