import { expect, test } from 'vitest';
import { startOf } from '../../../../src/main/core/server/process/processes.ts';
import { installerEnvironment, runTool } from '../../../../src/main/core/profiles/managed/run-tool.ts';

function run(script: string, signal: AbortSignal, onLine: (line: string) => void = () => {}) {
  return runTool({ argv: ['/bin/sh', '-c', script], folder: '/', environment: {}, signal, onLine });
}

const longEnough = (): AbortSignal => AbortSignal.timeout(10_000);

test('both streams are read line by line, without credentials', async () => {
  const seen: string[] = [];
  const result = await run('echo one; echo https://zoe:hunter2@h/x >&2; exit 3', longEnough(), line =>
    seen.push(line),
  );
  expect(result.code).toBe(3);
  expect(result.lines.toSorted()).toEqual(['https://***@h/x', 'one']);
  expect(seen).toHaveLength(2);
});

test('a flood keeps the last lines only', async () => {
  const result = await run('i=0; while [ $i -lt 1000 ]; do echo $i; i=$((i+1)); done', longEnough());
  expect(result.lines).toHaveLength(200);
  expect(result.lines.at(-1)).toBe('999');
});

test('a program that is not there is a result', async () => {
  const result = await runTool({ argv: ['/nowhere/uv'], folder: '/', environment: {}, signal: longEnough() });
  expect(result.code).toBeNull();
  expect(result.lines.join()).toMatch(/ENOENT/);
});

test('an abort ends the program and what it started, and is thrown', async () => {
  const cancel = new AbortController();
  const pids: number[] = [];
  const running = run('/bin/sleep 60 & echo $!; wait', cancel.signal, line => {
    pids.push(Number(line));
    cancel.abort();
  });
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  // Nobody may collect it here, so what counts is that it does not run.
  await expect.poll(() => startOf(pids[0] ?? 0)).toBeNull();
  await expect(run('echo never', cancel.signal)).rejects.toMatchObject({ code: 'cancelled' });
});

test("the user's index and proxies pass, what leads astray or is nobody's business does not", () => {
  const passed = installerEnvironment(
    {
      PIP_INDEX_URL: 'https://h',
      https_proxy: 'http://p',
      UV_DEFAULT_INDEX: 'https://h',
      SSL_CERT_FILE: '/c',
      PIP_TARGET: '/elsewhere',
      PIP_USER: '1',
      UV_PYTHON: '3.8',
      PYTHONPATH: '/x',
      GATEHOUSE_TOKEN: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
      LD_PRELOAD: '/x',
    },
    '/home/zoe',
  );
  expect(Object.keys(passed).toSorted()).toEqual([
    'HOME',
    'PIP_DISABLE_PIP_VERSION_CHECK',
    'PIP_INDEX_URL',
    'PIP_NO_INPUT',
    'PIP_USER',
    'PYTHONUNBUFFERED',
    'SSL_CERT_FILE',
    'UV_DEFAULT_INDEX',
    'UV_NO_PROGRESS',
    'https_proxy',
  ]);
  expect(passed).toMatchObject({ HOME: '/home/zoe', PIP_USER: '0' });
});
