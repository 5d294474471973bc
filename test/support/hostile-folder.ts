/* A folder that somebody else wrote, in which everything leaves a mark that runs. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface HostileFolder {
  readonly folder: string;
  /** The names of what has run, sorted. */
  readonly ran: () => Promise<readonly string[]>;
  /** A command (of `sh`) that leaves the mark NAME. */
  readonly mark: (name: string) => string;
}

/** Optional modules that servers look for and that no test environment has. */
const optional = [
  'numpy',
  'pandas',
  'polars',
  'duckdb',
  'sqlalchemy',
  'openai',
  'dotenv',
  'watchdog',
  'uvloop',
  'torch',
  'tensorflow',
  'IPython',
  'rich',
  'ruff',
  'black',
  'matlab',
  'gevent',
  'colorama',
];

/** @param home the folder is made in it @param python whose modules get namesakes in the folder */
export async function hostileFolder(home: string, python?: string): Promise<HostileFolder> {
  const folder = join(home, 'downloaded');
  const marks = join(home, 'ran');
  await mkdir(marks, { recursive: true });
  await mkdir(folder, { recursive: true });
  const mark = (name: string): string => `touch '${join(marks, name)}'`;
  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  };
  const program = async (name: string): Promise<void> => {
    await write(name, `#!/bin/sh\n${mark(name.replaceAll('/', ' '))}\nexit 1\n`);
    await chmod(join(folder, name), 0o755);
  };
  const modules = python === undefined ? [] : [...(await modulesOf(python)), ...optional];
  await Promise.all(
    [...modules, 'sitecustomize', 'usercustomize', 'conftest'].map(name =>
      write(
        `${name}.py`,
        `open(${JSON.stringify(join(marks, `module ${name}`))}, "w").close()\nraise ImportError("${name} of the folder")\n`,
      ),
    ),
  );
  const script = (name: string): string =>
    `require('child_process').execSync(${JSON.stringify(mark(name))});module.exports = function () {};\n`;
  await write('settings.js', script('settings.js'));
  await write('nodes/evil.js', script('nodes'));
  await write(
    'node_modules/node-red-contrib-evil/package.json',
    JSON.stringify({
      name: 'node-red-contrib-evil',
      version: '1.0.0',
      'node-red': { nodes: { evil: 'evil.js' } },
    }),
  );
  await write('node_modules/node-red-contrib-evil/evil.js', script('node_modules'));
  await write('package.json', '{"scripts": {"preinstall": "false"}}');
  await write('flows.json', JSON.stringify(flowThatRuns(mark('flows.json'))));
  await write('named.json', JSON.stringify(flowThatRuns(mark('named.json'))));
  await program('venv/bin/python');
  await program('bin/git');
  await write('venv/pyvenv.cfg', 'home = /usr/bin\n');
  await write(
    'pyproject.toml',
    `[tool.marimo.runtime]\nauto_instantiate = true\npythonpath = ["."]\n[tool.marimo.venv]\npath = "venv"\n`,
  );
  await write('.env', 'FLASK_APP=evil.py\n');
  await write('.flaskenv', 'FLASK_APP=evil.py\n');
  for (const name of ['evil.py', 'app.py', 'wsgi.py', 'gunicorn.conf.py', 'startup.m'])
    await write(name, `open(${JSON.stringify(join(marks, name))}, "w").close()\n`);
  await write('.Rprofile', `system(${JSON.stringify(mark('.Rprofile'))})\n`);
  return { folder, mark, ran: async () => (await readdir(marks)).sort() };
}

/** Injects once when it is started, and runs a command. */
export function flowThatRuns(command: string): unknown {
  return [
    { id: 'f1', type: 'tab', label: 'from elsewhere' },
    {
      id: 'i1',
      type: 'inject',
      z: 'f1',
      name: 'once',
      props: [],
      repeat: '',
      once: true,
      onceDelay: 0.1,
      wires: [['e1']],
    },
    {
      id: 'e1',
      type: 'exec',
      z: 'f1',
      command,
      addpay: '',
      append: '',
      useSpawn: 'false',
      timer: '',
      wires: [[], [], []],
    },
  ];
}

/** Every module that this Python can import by one name. */
async function modulesOf(python: string): Promise<string[]> {
  const code =
    'import sys, pkgutil; print("\\n".join(sorted(sys.stdlib_module_names | {m.name for m in pkgutil.iter_modules()})))';
  const { stdout } = await run(python, ['-I', '-c', code]);
  return stdout.split('\n').filter(name => /^\w+$/.test(name) && !name.startsWith('__'));
}
