import { expect, test } from 'vitest';
import { shutdownReason, type Attention } from '../../src/main/core/idle-shutdown.ts';

const grace = 600_000;
const busy: Attention = {
  background: true,
  connections: 0,
  active: true,
  sinceShell: grace + 1,
  sinceConnection: grace + 1,
  sinceUse: grace + 1,
};

test.each<[string, Partial<Attention>, boolean]>([
  ['shell gone and nobody there since the grace', {}, true],
  ['a core in a terminal', { background: false }, false],
  ['somebody is connected', { connections: 1 }, false],
  ['the shell went a moment ago', { sinceShell: 1000 }, false],
  ['a server was used a moment ago', { sinceUse: 1000 }, false],
  ['there never was a shell: started by a command', { sinceShell: null }, false],
  ['nothing runs, and nobody asked for a minute', { active: false, sinceConnection: 60_000 }, true],
  ['nothing runs, but somebody asked just now', { active: false, sinceConnection: 10 }, false],
  ['the wall clock jumped ahead, the shell is barely gone', { sinceShell: 5, sinceUse: 1e12 }, false],
  ['the wall clock jumped back', { sinceUse: -1e12 }, false],
])('%s', (_name, change, ends) => {
  expect(shutdownReason({ ...busy, ...change }, grace) !== null).toBe(ends);
});
