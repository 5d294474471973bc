import { afterEach, expect, test } from 'vitest';
import { kind } from '../../../src/main/core/profiles/shiny.ts';
import { plannedApp, type PlannedApp } from '../../support/app-plan.ts';

let app: PlannedApp;
afterEach(() => app.remove());

test('the command line keeps it on loopback, and holds no secret', async () => {
  app = await plannedApp(kind, '1.8.0', 'app.py');
  const { argv, environment } = await app.plan();
  expect(argv.slice(2)).toEqual([
    "import sys; sys.path = [p for p in sys.path if p]; sys.argv[0] = 'shiny'; from shiny._main import main as run; sys.exit(run())",
    'run',
    '--host',
    '127.0.0.1',
    '--port',
    String(app.context.port),
    '--no-dev-mode',
    '--',
    `${app.context.folder}/app.py`,
  ]);
  expect(environment).toEqual({});
});

test('it offers one role, and says why', async () => {
  app = await plannedApp(kind, '1.8.0', 'app.py');
  const { sharing } = kind.create({
    environment: {},
    home: app.context.folder,
    dataFolder: app.context.folder,
    platform: 'linux',
    log: { info() {}, warn() {}, error() {} },
    readySeconds: () => null,
  });
  expect(sharing.rules.roles).toEqual(['full']);
  expect(sharing.notOffered.map(({ role }) => role)).toEqual(['viewer', 'editor']);
});

test('without a file it is not started', async () => {
  app = await plannedApp(kind, '1.8.0');
  await expect(app.plan()).rejects.toThrow('Shiny for Python needs a file to run.');
});
