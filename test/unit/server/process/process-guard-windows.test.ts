import { expect, test } from 'vitest';
import { processGuardOnWindows } from '../../../../src/main/core/server/process/process-guard-windows.ts';
import { silentLog } from '../../../support/fake-ports.ts';

function world() {
  const said: unknown[] = [];
  const log = { ...silentLog, warn: (message: string) => void said.push(message) };
  return { said, log };
}

test('the server joins the job when it is known, and the job is closed when the run is over', async () => {
  const { said, log } = world();
  const guard = await processGuardOnWindows(log, async () => ({
    add: pid => void said.push(`add ${pid}`),
    close: () => void said.push('close'),
  }));
  guard.follow({ pid: 7, start: 's' });
  await guard.release();
  expect(said).toEqual(['add 7', 'close']);
});

test('where the system refuses, the server runs unguarded and that is said', async () => {
  const { said, log } = world();
  const refusing = await processGuardOnWindows(log, async () => ({
    add: () => {
      throw new Error('AssignProcessToJobObject failed with error 5');
    },
    close: () => {},
  }));
  refusing.follow({ pid: 7, start: 's' });
  const without = await processGuardOnWindows(log, () => Promise.reject(new Error('no kernel32.dll')));
  without.follow({ pid: 7, start: 's' });
  await without.release();
  expect(said).toHaveLength(2);
});
