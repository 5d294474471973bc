/* The core of OVOS with a skill, from PyPI, on a bus: what an attacker of the bus is after. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeBusConfiguration } from './bus.ts';
import { isThere } from './jupyter.ts';
import { pythonServer } from './server-packages.ts';

export interface Ovos {
  /** Folder of a Python package whose installation runs code of its author, as every installation may. */
  readonly hostile: string;
  /** Whether that code has run. */
  isOwned(): Promise<boolean>;
  stop(): Promise<void>;
}

/**
 * Started with the configuration that its owner writes for it: where the bus is, and that packages may be
 * installed.
 */
export async function startOvos(websocket: Record<string, unknown>): Promise<Ovos> {
  const python = await pythonServer('ovos-core');
  const home = await mkdtemp(join(tmpdir(), 'ovos-'));
  const hostile = join(home, 'hostile');
  const owned = join(home, 'owned');
  await mkdir(hostile);
  const build = '[build-system]\nrequires = []\nbuild-backend = "hostile"\nbackend-path = ["."]\n';
  await writeFile(join(hostile, 'pyproject.toml'), build);
  await writeFile(
    join(hostile, 'hostile.py'),
    `open(${JSON.stringify(owned)}, "w").close()\nraise SystemExit(1)\n`,
  );
  const constraints = join(home, 'constraints.txt');
  await writeFile(constraints, '');
  await writeBusConfiguration(home, websocket, {
    intents: { pipeline: ['ovos-fallback-pipeline-plugin-high'] },
    skills: { installer: { allow_pip: true, constraints } },
  });
  const core = start(join(dirname(python), 'ovos-core'), [], home);
  await says(core, 'ovos-core is ready');
  const skill = start(python, [join(import.meta.dirname, 'ovos_skill.py')], home);
  await says(skill, 'the skill is ready');
  return {
    hostile,
    isOwned: () => isThere(owned),
    async stop() {
      for (const child of [skill, core]) {
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      }
      await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

function start(program: string, argv: readonly string[], home: string): ChildProcess {
  const env = { HOME: home, PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' };
  return spawn(program, argv, { env, cwd: home, stdio: ['ignore', 'pipe', 'pipe'] });
}

function says(child: ChildProcess, words: string): Promise<void> {
  let said = '';
  return new Promise((done, fail) => {
    const read = (text: Buffer): void => {
      said = (said + text.toString('utf8')).slice(-20_000);
      if (said.includes(words)) done();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', code => fail(new Error(`It ended with ${code} before it said "${words}": ${said}`)));
  });
}
