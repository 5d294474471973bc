import { afterEach, expect, test } from 'vitest';
import { kind } from '../../../src/main/core/profiles/streamlit.ts';
import { plannedApp, type PlannedApp } from '../../support/app-plan.ts';

let app: PlannedApp;
afterEach(() => app.remove());

test('the command line says all that a configuration could say otherwise, and no secret', async () => {
  app = await plannedApp(kind, '1.67.0', 'app.py');
  const { argv, environment, landing } = await app.plan();
  expect(argv).toEqual([
    app.python,
    '-c',
    "import sys; sys.path = [p for p in sys.path if p]; sys.argv[0] = 'streamlit'; from streamlit.web.cli import main as run; sys.exit(run())",
    'run',
    '--global.developmentMode=false',
    '--server.address=127.0.0.1',
    `--server.port=${app.context.port}`,
    '--server.baseUrlPath=',
    '--server.headless=true',
    '--server.enableCORS=true',
    '--server.enableXsrfProtection=true',
    '--server.trustedUserHeaders={}',
    '--server.sslCertFile=',
    '--server.sslKeyFile=',
    '--browser.gatherUsageStats=false',
    '--',
    `${app.context.folder}/app.py`,
  ]);
  expect([environment, landing]).toEqual([{}, '/']);
});

test.each([
  ['1.36.0', /1\.36\.0 is older than 1\.54\.0: .*CVE-2024-42474/],
  ['1.53.1', /CVE-2026-33682/],
  ['1.54.0', null],
])('CVE-2024-42474, CVE-2026-33682: version %s', async (version, problem) => {
  app = await plannedApp(kind, version, 'app.py');
  expect(app.found).toMatchObject([
    { version, problem: problem === null ? null : expect.stringMatching(problem) },
  ]);
  if (problem === null) expect((await app.plan()).argv).toContain('run');
  else await expect(app.plan()).rejects.toThrow(problem);
});

test('without a file it is not started', async () => {
  app = await plannedApp(kind, '1.67.0');
  await expect(app.plan()).rejects.toThrow('Streamlit needs a file to run.');
});
