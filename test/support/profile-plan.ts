/*
 * A kind of server with nothing on its PATH but what a test puts there, and its plan for a run in the same
 * folder.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LaunchPlan, Profile } from '../../src/main/core/ports.ts';
import type { ProfileKind } from '../../src/main/core/profiles/kind.ts';
import { Secret } from '../../src/main/core/secret.ts';
import type { FoundServer } from '../../src/shared/model.ts';

export const runSecret = 'the-secret-of-this-run';

export function profileIn(kind: ProfileKind, folder: string): Profile {
  return kind.create({
    environment: { PATH: folder, HOME: folder },
    home: join(folder, 'home'),
    dataFolder: folder,
    platform: 'linux',
    log: { info: () => {}, warn: () => {}, error: () => {} },
    readySeconds: () => null,
  });
}

/** What is found below the folder; what the computer has itself does not count. */
export async function foundIn(kind: ProfileKind, folder: string, opened?: string): Promise<FoundServer[]> {
  const signal = AbortSignal.timeout(10_000);
  const all = await profileIn(kind, folder).find?.({ fresh: true, folder: opened, signal });
  return (all ?? []).filter(({ location }) => location.startsWith(folder));
}

/** A program that prints this, and notes in `asked` how it was called. */
export async function installProgram(folder: string, name: string, prints: string): Promise<void> {
  const script = `#!/bin/sh\necho "$@" > "\${0%/*}/asked"\necho '${prints}'\n`;
  await writeFile(join(folder, name), script, { mode: 0o755 });
}

export async function planIn(kind: ProfileKind, folder: string, canUseSockets = true): Promise<LaunchPlan> {
  const [found] = await foundIn(kind, folder);
  return profileIn(kind, folder).plan({ profile: kind.name }, found ?? null, {
    serverId: 'x',
    directory: folder,
    canUseSockets,
    folderTrusted: true,
    port: 4567,
    secret: new Secret(runSecret),
    folder: join(folder, 'thesis & more'),
    user: 'zoe',
  });
}
