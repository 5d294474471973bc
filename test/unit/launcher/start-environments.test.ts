import { expect, test } from 'vitest';
import { callerOf, withCaller } from '../../../src/main/control/caller.ts';
import { StartEnvironments } from '../../../src/main/core/launcher/start-environments.ts';
import { silentLog } from '../../support/fake-ports.ts';

function make(answer: Record<string, string> | null = null) {
  const asked: unknown[] = [];
  const environments = new StartEnvironments({
    own: { PATH: '/core' },
    log: silentLog,
    askShell: async question => {
      asked.push(question.variables);
      return answer === null ? { kind: 'none', reason: 'x' } : { kind: 'variables', variables: answer };
    },
  });
  return { environments, asked };
}

const shell = (PATH: string) => ({ variables: { PATH }, login: false });

test('a shell’s is taken as it is, and nobody’s is the core’s own', async () => {
  const { environments, asked } = make();
  expect(await environments.of(shell('/mine'))).toEqual({ PATH: '/mine' });
  expect(await environments.of(undefined)).toEqual({ PATH: '/core' });
  expect(asked).toEqual([]);
});

test('a desktop’s is completed by the login shell, which is asked once for a while', async () => {
  const { environments, asked } = make({ PATH: '/login', JAVA_HOME: '/java' });
  const desktop = { variables: { PATH: '/desktop' }, login: true };
  const both = await Promise.all([environments.of(desktop), environments.of(desktop)]);
  expect(both).toEqual(Array.from({ length: 2 }, () => ({ PATH: '/login:/desktop', JAVA_HOME: '/java' })));
  expect(asked).toHaveLength(1);
});

test('a login shell that does not answer leaves the desktop’s', async () => {
  const { environments } = make();
  expect(await environments.of({ variables: { PATH: '/desktop' }, login: true })).toEqual({
    PATH: '/desktop',
  });
});

test('a server keeps what it was started with, until it begins afresh', async () => {
  const { environments } = make();
  environments.keep('one', { PATH: '/first' });
  await environments.renew('one', shell('/second'), false);
  expect(environments.ofServer('one')).toEqual({ PATH: '/first' });
  await environments.renew('one', undefined, true);
  expect(environments.ofServer('one')).toEqual({ PATH: '/first' });
  await environments.renew('one', shell('/second'), true);
  expect(environments.ofServer('one')).toEqual({ PATH: '/second' });
});

test('one that the core has not started yet takes the caller’s', async () => {
  const { environments } = make();
  expect(environments.ofServer('one')).toEqual({ PATH: '/core' });
  await environments.renew('one', shell('/caller'), false);
  expect(environments.ofServer('one')).toEqual({ PATH: '/caller' });
  environments.forget('one');
  expect(environments.ofServer('one')).toEqual({ PATH: '/core' });
});

test('our own secrets do not travel', () => {
  expect(
    callerOf({ GATEHOUSE_TOKEN: 'x', GATEHOUSE_PASSPHRASE: 'x', AWS_PROFILE: 'a', NONE: undefined }, false),
  ).toEqual({
    variables: { AWS_PROFILE: 'a' },
    login: false,
  });
});

test('each call that starts or looks says who asks, and a page cannot say it', () => {
  const caller = shell('/mine');
  const forged = { folder: '/x', caller: shell('/forged') };
  expect(withCaller('server.begin', [forged], caller)).toEqual([{ folder: '/x', caller }]);
  expect(withCaller('server.restart', ['id'], caller)).toEqual(['id', { caller }]);
  expect(withCaller('doctor.run', [], caller)).toEqual([{ caller }]);
  expect(withCaller('server.stop', ['id'], caller)).toEqual(['id']);
  expect(withCaller('server.begin', [forged], undefined)).toEqual([forged]);
});
