/* The tools that make a project's environment somewhere in its user's home, as their user would run them. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { basePython } from './linked-jupyter.ts';
import { pythonServer } from './server-packages.ts';

const run = promisify(execFile);

export const projectTools = {
  poetry: {
    files: { 'pyproject.toml': '[tool.poetry]\npackage-mode = false\n' },
    make: (python: string) => ['env', 'use', python],
    where: ['env', 'info', '--path'],
  },
  pipenv: {
    files: { Pipfile: '' },
    make: (python: string) => ['--python', python],
    where: ['--venv'],
  },
  hatch: {
    files: {
      'pyproject.toml':
        '[project]\nname = "thesis"\nversion = "1"\n[tool.hatch.envs.default]\nskip-install = true\n',
    },
    make: () => ['env', 'create'],
    where: ['env', 'find'],
  },
} as const;

export type ProjectTool = keyof typeof projectTools;

/** Makes an environment for a folder. The place of it is what the tool itself says. */
export async function makeByTool(name: ProjectTool, folder: string, home: string): Promise<string> {
  const tool = projectTools[name];
  await mkdir(folder, { recursive: true });
  for (const [file, text] of Object.entries(tool.files)) await writeFile(join(folder, file), text);
  const bin = dirname(await pythonServer('project-tools'));
  // No variable of the shell that runs the tests: an active environment would be taken for the project's.
  const env = { HOME: home, PATH: `${bin}:/usr/bin:/bin`, LANG: 'C.UTF-8', NO_COLOR: '1', COLUMNS: '1000' };
  const call = (args: readonly string[]) =>
    run(join(bin, name), [...args], { cwd: folder, env, timeout: 120_000 });
  await call(tool.make(await basePython()));
  return (await call(tool.where)).stdout.trim();
}
