import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import type { CustomCredential, StartRequest } from '../../shared/model.ts';
import { seconds } from '../core/duration.ts';
import { GatehouseError } from '../core/errors.ts';
import { readProfileFile } from './profile-file.ts';
import { allKinds } from '../core/profiles/all.ts';
import type { ProfileKind } from '../core/profiles/kind.ts';

/** The options that `serve` and `start` share, as the command line gives them. */
export interface TargetOptions {
  readonly name?: string;
  readonly folder?: string;
  readonly env?: string;
  readonly credential?: string;
  readonly readyPath?: string;
  readonly profileFile?: string;
  readonly readySeconds?: string;
}

/**
 * Turns `TARGET`, `-- COMMAND...` and their options into a request. Throws kind `usage` or `not-found`, and
 * says what is wrong.
 */
export async function startRequest(
  target: string | undefined,
  command: readonly string[],
  options: TargetOptions,
  cwd: string,
): Promise<StartRequest> {
  const shared = {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.env === undefined ? {} : { found: installation(options.env, cwd) }),
    ...(options.readySeconds === undefined ? {} : { readySeconds: readySeconds(options.readySeconds) }),
  };
  const kind = target === undefined ? undefined : kindOf(target);
  if (kind !== undefined && kind.name !== 'custom' && command.length <= 1)
    return { ...shared, ...(await profileRequest(kind, command[0], options, cwd)) };
  if (command.length > 0) return { ...shared, ...(await custom(target, command, options, cwd)) };
  refuseCommandOptions(options);
  const place = await lookAt(target, options, cwd);
  return { ...shared, profile: 'jupyter', ...place };
}

/** An id as `gatehouse profiles` lists it, or a path: of an environment or of an interpreter. */
function installation(text: string, cwd: string): string {
  const isPath = /[\\/]|^\.{1,2}$|^~/.test(text) || existsSync(resolve(cwd, text));
  return isPath ? resolve(cwd, text) : text;
}

/** The kind that a word of the command line stands for: `jupyter`, `matlab-proxy`. */
export function kindOf(word: string): ProfileKind | undefined {
  return allKinds.find(({ name, aliases }) => name === word || aliases.includes(word));
}

/**
 * A kind by its name, perhaps with the file or folder to open. Without one it works in the current folder, as
 * its own command would; Jupyter has a folder of its own for that (`jupyter.defaultFolder`).
 */
async function profileRequest(
  { name, file: needs }: ProfileKind,
  file: string | undefined,
  options: TargetOptions,
  cwd: string,
): Promise<StartRequest> {
  refuseCommandOptions(options);
  const given = options.folder === undefined ? null : resolve(cwd, options.folder);
  if (file === undefined) {
    const folder = given ?? (name === 'jupyter' ? null : cwd);
    return { profile: name, ...(folder === null ? {} : { folder }) };
  }
  const path = resolve(cwd, file);
  const facts = await stat(path).catch(() => null);
  const isFolder = facts?.isDirectory() === true;
  // Other kinds create a missing file: `marimo new.py`.
  if (facts === null && (needs === 'must' || name === 'jupyter')) throw noSuchFile(path);
  if (isFolder && given === null) return { profile: name, folder: path };
  const folder = given ?? dirname(path);
  return { profile: name, folder, file: relative(folder, path) };
}

function noSuchFile(path: string): GatehouseError {
  return new GatehouseError('no-such-file', `There is no file ${path}.`, {
    kind: 'not-found',
    nextStep: 'Give the path of an existing file or folder.',
  });
}

function refuseCommandOptions(options: TargetOptions): void {
  for (const [flag, value] of [
    ['--credential', options.credential],
    ['--ready-path', options.readyPath],
    ['--profile-file', options.profileFile],
  ] as const) {
    if (value !== undefined)
      throw usage(`${flag} is only for a command of your own`, 'Give the command after `--`.');
  }
}

async function custom(
  target: string | undefined,
  command: readonly string[],
  options: TargetOptions,
  cwd: string,
): Promise<StartRequest> {
  if (target !== undefined && target !== 'custom') {
    throw usage(
      `"${target}" and a command were both given`,
      'Give either a target or a command after `--`, not both.',
    );
  }
  const file = options.profileFile;
  return {
    profile: 'custom',
    ...(file === undefined ? {} : await readProfileFile(resolve(cwd, file))),
    command,
    folder: resolve(cwd, options.folder ?? '.'),
    ...(options.credential === undefined ? {} : { credential: credential(options.credential) }),
    ...(options.readyPath === undefined ? {} : { readyPath: options.readyPath }),
  };
}

async function lookAt(
  target: string | undefined,
  options: TargetOptions,
  cwd: string,
): Promise<{ folder?: string; file?: string }> {
  if (target === 'custom')
    throw usage(
      '"custom" needs a command',
      'Give it after `--`: gatehouse serve custom -- my-server --port {port}',
    );
  if (target === undefined) {
    return options.folder === undefined ? {} : { folder: resolve(cwd, options.folder) };
  }
  const path = resolve(cwd, target);
  const facts = await stat(path).catch(() => null);
  if (facts === null) {
    throw new GatehouseError(
      'no-such-target',
      `"${target}" is neither a kind of server, a folder nor a file.`,
      {
        kind: 'not-found',
        nextStep: `Give a kind of server (${allKinds.map(({ name }) => name).join(', ')}), an existing folder, a notebook, or a command after \`--\`.`,
      },
    );
  }
  if (facts.isDirectory()) {
    if (options.folder !== undefined)
      throw usage(`Two folders are given: ${path} and --folder ${options.folder}`, 'Give only one of them.');
    return { folder: path };
  }
  const folder = options.folder === undefined ? dirname(path) : resolve(cwd, options.folder);
  return { folder, file: options.folder === undefined ? basename(path) : path.slice(folder.length + 1) };
}

/** `none`, `bearer`, or `header:NAME`. */
export function credential(text: string): CustomCredential {
  if (text === 'none' || text === 'bearer') return { kind: text };
  if (text.startsWith('header:') && text.length > 7) return { kind: 'header', name: text.slice(7) };
  throw usage(`--credential "${text}" is not known`, 'Use none, bearer or header:NAME.');
}

function readySeconds(text: string): number {
  const value = seconds(text);
  if (value >= 1 && value <= 3600) return value;
  throw usage(`--ready-seconds ${text} is out of range`, 'Give 1s to 60m.');
}

export function usage(what: string, nextStep: string): GatehouseError {
  return new GatehouseError('usage', `${what}.`, { kind: 'usage', nextStep });
}
