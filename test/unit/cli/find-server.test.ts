import { expect, test } from 'vitest';
import { refuseTargetOptions } from '../../../src/main/cli/find-server.ts';
import { serverInfo } from '../shell/server-info.ts';

const server = serverInfo({});

test.each([
  [{ env: 'nope' }, '--env'],
  [{ folder: '/work' }, '--folder'],
  [{ readySeconds: '90s' }, '--ready-seconds'],
  [{ name: 'other' }, '--name'],
  [{ credential: 'bearer', readyPath: '/x', profileFile: 'f' }, '--credential, --ready-path, --profile-file'],
])('a server that is known does not take %j', (options, flags) => {
  const message = `"thesis" is already in the list and starts as it did the first time: ${flags} would change nothing.`;
  expect(() => refuseTargetOptions(server, options)).toThrow(
    expect.objectContaining({ kind: 'usage', message }),
  );
});

test('what holds for every start is taken', () => {
  expect(() => refuseTargetOptions(server, {})).not.toThrow();
  expect(() => refuseTargetOptions(server, { trust: true } as object)).not.toThrow();
});
