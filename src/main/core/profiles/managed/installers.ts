import { access } from 'node:fs/promises';
import { GatehouseError } from '../../errors.ts';
import { searchFolders } from '../../search-path.ts';
import { interpreterNames, pathsOf } from '../python/interpreter.ts';
import type { Variables } from '../../variables.ts';
import type { BasePython } from './find-base.ts';
import { nextStepFor, reasonFrom } from './reasons.ts';
import type { ToolResult } from './run-tool.ts';

/**
 * JupyterLab 4.6 is the first whose pages this version of Gatehouse was tried with as its own;
 * jupyter-collaboration shows a guest what is typed.
 */
export const managedPackages = [
  'jupyterlab>=4.6,<5',
  'ipykernel>=6.29',
  'jupyter-collaboration>=5.0.4,<6',
] as const;

/** One way to make an environment and to install into it. */
export interface Installer {
  readonly name: 'uv' | 'venv' | 'virtualenv' | 'fetched-pip';
  readonly make: readonly string[];
  readonly install: readonly string[];
}

export interface InstallerOptions {
  readonly location: string;
  readonly base: BasePython | null;
  /** Path of uv, where it is there. */
  readonly uv: string | null;
  readonly platform: NodeJS.Platform;
  /** Folder of gatehouse_pip.py. */
  readonly shimFolder: string;
  /** The user's package index is known to pip only. */
  readonly pipFirst: boolean;
}

/**
 * The ways that this computer may have, the quickest first; the later ones help where the earlier lack a
 * part. Pure.
 */
export function installersToTry(options: InstallerOptions): readonly Installer[] {
  const withPip = options.base === null ? [] : pipWays(options, options.base);
  const withUv = options.uv === null ? [] : [uvWay(options, options.uv)];
  return options.pipFirst ? [...withPip, ...withUv] : [...withUv, ...withPip];
}

function uvWay({ location, base, platform }: InstallerOptions, uv: string): Installer {
  return {
    name: 'uv',
    // Without a Python on the computer uv fetches one of its own.
    make: [uv, 'venv', '--no-project', '--python', base?.path ?? '3.12', location],
    install: [uv, 'pip', 'install', '--python', pythonOf(location, platform), ...managedPackages],
  };
}

function pipWays(
  { location, platform, shimFolder }: InstallerOptions,
  base: BasePython,
): readonly Installer[] {
  const python = pythonOf(location, platform);
  const pip = ['install', '--progress-bar', 'off', '--no-input', ...managedPackages];
  const install = [python, '-m', 'pip', ...pip];
  return [
    { name: 'venv', make: [base.path, '-m', 'venv', location], install },
    { name: 'virtualenv', make: [base.path, '-m', 'virtualenv', '--no-periodic-update', location], install },
    {
      name: 'fetched-pip',
      make: [base.path, '-m', 'venv', '--without-pip', location],
      install: [base.path, pathsOf(platform).join(shimFolder, 'gatehouse_pip.py'), python, ...pip],
    },
  ];
}

function pythonOf(location: string, platform: NodeJS.Platform): string {
  return interpreterNames(location, platform)[0] ?? '';
}

/** Where a program is on PATH. */
export async function onPath(
  name: string,
  environment: Variables,
  platform: NodeJS.Platform,
): Promise<string | null> {
  const paths = pathsOf(platform);
  const file = platform === 'win32' ? `${name}.exe` : name;
  for (const folder of searchFolders(environment, platform)) {
    const path = paths.join(folder, file);
    const there = await access(path, 1).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  return null;
}

/** A failed tool as an error that a person can use. The reason is the installer's own. */
export function toolFailure(what: string, result: ToolResult): GatehouseError {
  return new GatehouseError('setup-failed', `${what}: ${reasonFrom(result.lines)}`, {
    nextStep: nextStepFor(result.lines),
  });
}
