import { afterEach, expect, test } from 'vitest';
import { kind } from '../../../src/main/core/profiles/tensorboard.ts';
import { plannedApp, type PlannedApp } from '../../support/app-plan.ts';

let app: PlannedApp;
afterEach(() => app.remove());

test('the command line keeps it on loopback, and no module of the folder runs before it', async () => {
  app = await plannedApp(kind, '2.20.0');
  const { argv, environment } = await app.plan();
  expect(argv).toEqual([
    app.python,
    '-c',
    "import sys; sys.path = [p for p in sys.path if p]; sys.argv[0] = 'tensorboard'; from tensorboard.main import run_main as run; sys.exit(run())",
    '--logdir',
    app.context.folder,
    '--host',
    '127.0.0.1',
    '--port',
    String(app.context.port),
  ]);
  expect(environment).toEqual({});
});

test('it takes no file', async () => {
  app = await plannedApp(kind, '2.20.0', 'app.py');
  await expect(app.plan()).rejects.toThrow('TensorBoard cannot be told which file to open.');
});
