import { stat } from 'node:fs/promises';
import { GatehouseError } from '../errors.ts';

/** Refuses with `no-such-folder` (kind `not-found`). */
export async function checkFolder(folder: string): Promise<void> {
  const facts = await stat(folder).catch(() => null);
  if (facts?.isDirectory() !== true) throw noSuchFolder(folder);
}

export function noSuchFolder(folder: string): GatehouseError {
  return new GatehouseError('no-such-folder', `${folder} is not a folder.`, {
    kind: 'not-found',
    nextStep: 'Give the path of an existing folder.',
  });
}
