/**
 * The attack: somebody opens a folder that another person wrote, and its code runs although they have run
 * nothing: a module next to the notebook, a flow file, an `app.py` that is looked for. Each kind of server
 * says what it does with such a folder (`FolderCode`), and this is the one place that acts on it, for every
 * kind.
 */
import type { StartRequest } from '../../../../shared/model.ts';
import { GatehouseError } from '../../errors.ts';
import { shellWord } from '../../shell-word.ts';
import type { LaunchPlan, Profile, RunContext } from '../../ports.ts';
import type { FolderCode, ProfileKind, ProfileOptions } from '../kind.ts';
import { pathsOf } from '../python/interpreter.ts';
import { checkShown } from './shown-credential.ts';

/**
 * The profile of a kind, as the core uses it: with what the kind says of folders that are not trusted put
 * into effect, and held to what it says of its credential.
 */
export function createProfile(kind: ProfileKind, options: ProfileOptions): Profile {
  const profile = kind.create(options);
  return {
    ...profile,
    within: environment => createProfile(kind, { ...options, environment }),
    plan: async (request, found, context) => {
      const { folderTrusted, folder } = context;
      if (!folderTrusted && needsTrust(kind.folderCode.untrusted, request))
        throw notTrusted(kind.title, folder);
      const plan = { ...(await profile.plan(request, found, context)), withheld: kind.ownVariables };
      checkShown(kind, plan.upstream);
      return folderTrusted ? plan : restricted(plan, kind.folderCode, context, options);
    },
  };
}

/**
 * Who names a program has asked for it to be run; one that a kind looks for in the folder nobody has named.
 * Pure.
 */
export function needsTrust(untrusted: FolderCode['untrusted'], { file, command }: StartRequest): boolean {
  switch (untrusted) {
    case 'nothing-runs':
    case 'restricted':
      return false;
    case 'named-program':
      return file === undefined && command === undefined;
    case 'refused':
      return true;
    default:
      return untrusted satisfies never;
  }
}

/**
 * The server's process starts elsewhere: many programs read configuration, modules and data from their
 * working folder first.
 */
function restricted(
  plan: LaunchPlan,
  { untrusted, notice }: FolderCode,
  context: RunContext,
  options: ProfileOptions,
): LaunchPlan {
  if (untrusted === 'named-program') return plan;
  const folder = plan.folder === context.folder ? startFolder(context.folder, options) : plan.folder;
  const caveat = (): string | null => {
    const parts = [plan.caveat?.() ?? null, notice ?? null].filter(part => part !== null);
    return parts.length === 0 ? null : parts.join(' Also: ');
  };
  return { ...plan, folder, caveat };
}

/**
 * The user's home, where a file that is written by a relative name is found again; the root of the disk where
 * the home is the opened folder or lies in it. Pure.
 * @param opened absolute
 */
export function startFolder(
  opened: string,
  { home, platform }: Pick<ProfileOptions, 'home' | 'platform'>,
): string {
  const paths = pathsOf(platform);
  const up = paths.relative(opened, home);
  const outside = up === '..' || up.startsWith(`..${paths.sep}`) || paths.isAbsolute(up);
  return outside ? home : paths.parse(home).root;
}

function notTrusted(title: string, folder: string): GatehouseError {
  return new GatehouseError(
    'folder-not-trusted',
    `${title} would run a program from the folder ${folder}, which you have not trusted.`,
    {
      kind: 'refused',
      nextStep: `Look at what is in it. If you trust it: gatehouse trust ${shellWord(folder)}, or start again with --trust.`,
    },
  );
}
