import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const entry = fileURLToPath(new URL('../../../src/main/core/vault/keychain.ts', import.meta.url));
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Without a bus, so that no keychain of whoever runs the tests is touched. */
function start() {
  const env = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus', LC_ALL: 'C.UTF-8' };
  const child = spawn(process.execPath, [entry], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  started.push(child);
  return child;
}

test.skipIf(process.platform !== 'linux')('a question gets its answer, a failure its reason', async () => {
  const child = start();
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  for (const step of ['get', 'set', 'delete']) {
    const asked = { id: 7, step, service: 'S', account: 'a', value: 'v' };
    child.stdin.write(`${JSON.stringify(asked)}\n`);
    const { value } = await lines.next();
    expect(JSON.parse(String(value))).toMatchObject({
      id: 7,
      ok: false,
      message: expect.stringMatching(/connect|load/),
    });
  }
});

test('it ends when its parent lets go', async () => {
  const child = start();
  child.stdin.end();
  await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
});

test.each(['nonsense', '{}', '{"id":1,"step":"wipe","service":"S","account":"a"}'])(
  'it ends at the question %j',
  async line => {
    const child = start();
    child.stdin.write(`${line}\n`);
    await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
  },
);
