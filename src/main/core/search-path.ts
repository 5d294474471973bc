/**
 * The attack: an entry of PATH that is relative, or empty, is the current folder, so that a downloaded folder
 * chooses which program runs. So programs are looked for in absolute folders only.
 */
import { posix, win32 } from 'node:path';
import type { Variables } from './variables.ts';

/** The absolute folders of PATH, in order. */
export function searchFolders(environment: Variables, platform: NodeJS.Platform): string[] {
  const paths = platform === 'win32' ? win32 : posix;
  return (pathOf(environment) ?? '').split(paths.delimiter).filter(folder => paths.isAbsolute(folder));
}

/** PATH of a program that is started, with these folders before what the user has. */
export function pathWith(
  folders: readonly string[],
  environment: Variables,
  platform: NodeJS.Platform,
): string {
  const windows = platform === 'win32';
  const path = pathOf(environment) ?? (windows ? '' : '/usr/local/bin:/usr/bin:/bin');
  return [...folders, path].filter(part => part !== '').join((windows ? win32 : posix).delimiter);
}

/** Windows spells it `Path`. */
function pathOf(environment: Variables): string | undefined {
  return environment['PATH'] ?? environment['Path'];
}
