import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { showProgress } from '../../../src/main/cli/show-progress.ts';
import type { SetupProgress } from '../../../src/shared/model.ts';

const way: SetupProgress[] = [
  { profile: 'jupyter', step: 'find-python', message: 'Looking', fraction: null },
  ...Array.from({ length: 100 }, (_, index): SetupProgress => ({
    profile: 'jupyter',
    step: 'install',
    message: `Fetching ${index}`,
    fraction: index / 100,
  })),
  { profile: 'jupyter', step: 'done', message: 'Ready', fraction: 1 },
];

function shown(json: boolean, isTerminal: boolean): string {
  let text = '';
  const err = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  way.forEach(showProgress({ out: err, err, json }, isTerminal));
  return text;
}

test('a file gets a few lines, a terminal one that is written over, a script none', () => {
  expect(shown(false, false)).toBe(
    'Looking\nFetching 0 (0 %)\nFetching 25 (25 %)\nFetching 50 (50 %)\nFetching 75 (75 %)\nReady (100 %)\n',
  );
  expect(shown(false, true).split('\n')).toHaveLength(2);
  expect(shown(true, false)).toBe('');
});
