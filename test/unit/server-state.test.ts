import { expect, test } from 'vitest';
import type { ServerState } from '../../src/shared/model.ts';
import { can, isOver, stateWord } from '../../src/shared/server-state.ts';

test.each<[ServerState, string]>([
  ['stopped', 'restart'],
  ['starting', 'open stop'],
  ['ready', 'open copyLink share stop restart'],
  ['unhealthy', 'open copyLink share stop restart'],
  // A server that waits for its next attempt can be restarted now.
  ['restarting', 'open stop restart'],
  ['stopping', ''],
  ['failed', 'restart'],
])('a server that is %s: %s', (state, wanted) => {
  const allowed = Object.entries(can(state)).flatMap(([what, may]) => (may ? [what] : []));
  expect(allowed.join(' ')).toBe(wanted);
});

test('only a server that has ended or did not start is over', () => {
  const states = Object.keys(stateWord) as ServerState[];
  expect(states.filter(isOver)).toEqual(['stopped', 'failed']);
});
