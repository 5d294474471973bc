import { expect, test } from 'vitest';
import { jupyterOffers, jupyterSharing } from '../../../../../src/main/core/profiles/jupyter/roles/offers.ts';

test('every role that can be enforced is told in words, the least first', () => {
  expect(jupyterOffers(true).map(({ role }) => role)).toEqual(jupyterSharing.rules.roles);
  expect(jupyterOffers(true).map(({ runsCode }) => runsCode)).toEqual([false, true, true]);
});

test.each<[boolean | null, RegExp | null]>([
  [true, null],
  [false, /lacks jupyter-collaboration.*last saved/],
  [null, /only known while the server runs/],
])('live view %s: a viewer is told what is seen', (live, words) => {
  const note = jupyterOffers(live)[0]?.note ?? null;
  if (words === null) expect(note).toBeNull();
  else expect(note).toMatch(words);
});

test('an editor is never told to be harmless', () => {
  for (const live of [true, false, null]) expect(jupyterOffers(live)[1]?.note).toContain('nearly everything');
});
