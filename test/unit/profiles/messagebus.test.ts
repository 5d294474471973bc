import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { kind } from '../../../src/main/core/profiles/messagebus.ts';
import type { Profile } from '../../../src/main/core/ports.ts';
import { makeRunContext } from '../../support/run-plan.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Place = Awaited<ReturnType<typeof makeRunContext>>;

/** An environment with the bus in it, as far as folders tell. */
async function install(context: Place): Promise<string> {
  const environment = join(context.home, 'venv');
  await mkdir(join(environment, 'lib', 'python3.11', 'site-packages', 'ovos_messagebus-0.0.10.dist-info'), {
    recursive: true,
  });
  await mkdir(join(environment, 'bin'));
  await writeFile(join(environment, 'pyvenv.cfg'), 'home = /usr/bin\n');
  for (const program of ['python', 'python3', 'ovos-messagebus']) {
    await writeFile(join(environment, 'bin', program), '#!/bin/sh\n', { mode: 0o755 });
  }
  return environment;
}

async function made(sockets: boolean): Promise<{ context: Place; profile: Profile; location: string }> {
  const context = await makeRunContext({ sockets });
  closing.push(context.remove);
  const location = await install(context);
  const profile = kind.create({
    environment: {
      PATH: join(location, 'bin'),
      OVOS_CONFIG_BASE_FOLDER: 'neon',
      MYCROFT_SYSTEM_CONFIG: '/etc/neon/neon.conf',
      OVOS_SECRET: 'x',
    },
    home: context.home,
    dataFolder: context.home,
    platform: 'linux',
    log: { info: () => {}, warn: () => {}, error: () => {} },
    readySeconds: () => null,
    shims: '/shims',
  });
  return { context, profile, location };
}

test('it is found by its folders, with its version', async () => {
  const { profile } = await made(true);
  const found = await profile.find?.({ fresh: true, signal: AbortSignal.timeout(10_000) });
  expect(found).toMatchObject([{ profile: 'messagebus', version: '0.0.10', problem: null }]);
});

test.each([
  [true, 'socket'],
  [false, 'port'],
])(
  'with sockets %s it is started on a %s, by the shim, with the names of the user’s configuration',
  async (sockets, on) => {
    const { context, profile } = await made(sockets);
    const plan = await profile.plan({ profile: 'messagebus' }, null, context);
    const where = sockets ? `${context.directory}/server.sock` : String(context.port);
    expect(plan.argv.slice(1)).toEqual(['/shims/messagebus/gatehouse_bus.py', where]);
    expect(plan.upstream.address.kind).toBe(on);
    expect(plan.environment).toEqual({
      OVOS_CONFIG_BASE_FOLDER: 'neon',
      MYCROFT_SYSTEM_CONFIG: '/etc/neon/neon.conf',
    });
    expect(JSON.stringify([plan.argv, plan.environment])).not.toContain(context.secret.reveal());
    expect(plan.askToStop).toBeNull();
    expect(plan.preflight).toEqual({ paths: ['/'], sockets: ['/core'] });
  },
);

test('its clients can be told no more than a host, a port and a route', async () => {
  const { profile } = await made(true);
  expect(profile.clientCredential).toEqual({
    headers: [],
    parameters: ['token'],
    pathPrefix: '/core/',
    subprotocol: true,
  });
});
