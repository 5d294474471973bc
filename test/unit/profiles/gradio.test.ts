import { afterEach, expect, test } from 'vitest';
import { kind } from '../../../src/main/core/profiles/gradio.ts';
import { plannedApp, type PlannedApp } from '../../support/app-plan.ts';

let app: PlannedApp;
afterEach(() => app.remove());

test('the file runs with an environment that keeps it on this computer, and no secret', async () => {
  app = await plannedApp(kind, '6.31.0', 'app.py');
  const { argv, environment, upstream } = await app.plan();
  expect(argv).toEqual([app.python, '-u', `${app.context.folder}/app.py`]);
  expect(environment).toEqual({
    GRADIO_SERVER_NAME: '127.0.0.1',
    GRADIO_SERVER_PORT: String(app.context.port),
    GRADIO_NUM_PORTS: '1',
    GRADIO_ROOT_PATH: '',
    GRADIO_SHARE: 'False',
    GRADIO_SHARE_SERVER_ADDRESS: '127.0.0.1:1',
    GRADIO_ANALYTICS_ENABLED: 'False',
    HF_HUB_DISABLE_TELEMETRY: '1',
    GRADIO_SSR_MODE: 'False',
    GRADIO_TEMP_DIR: `${app.context.directory}/gradio`,
  });
  for (const path of ['/gradio_api/file=/tmp/x.html', '/gradio_api/file//tmp/x.html']) {
    expect(upstream.contentPaths?.some(each => each.test(path))).toBe(true);
  }
});

test.each([
  ['4.44.1', /CVE-2026-28416/],
  ['6.6.0', /CVE-2026-28414/],
  ['6.7.0', null],
])('CVE-2026-28414, CVE-2026-28416: version %s', async (version, problem) => {
  app = await plannedApp(kind, version, 'app.py');
  expect(app.found).toMatchObject([
    { version, problem: problem === null ? null : expect.stringMatching(problem) },
  ]);
  if (problem === null) expect((await app.plan()).argv).toHaveLength(3);
  else await expect(app.plan()).rejects.toThrow(problem);
});

test('without a file it is not started', async () => {
  app = await plannedApp(kind, '6.31.0');
  await expect(app.plan()).rejects.toThrow('Gradio needs a file to run.');
});
