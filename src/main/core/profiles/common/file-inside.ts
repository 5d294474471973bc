import { stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { GatehouseError } from '../../errors.ts';

/** Checks that the file to open lies in the folder, and returns it relative to it. */
export async function fileInside(folder: string, file: string): Promise<string> {
  const inside = relative(folder, resolve(folder, file));
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw new GatehouseError('file-outside', `"${file}" does not lie in the working folder ${folder}.`, {
      kind: 'usage',
      nextStep: 'Choose a folder that contains the file.',
    });
  }
  const found = await stat(resolve(folder, inside)).catch(() => null);
  if (found === null) {
    throw new GatehouseError('no-such-file', `There is no file "${inside}" in ${folder}.`, {
      kind: 'not-found',
      nextStep: 'Check the name, or open the folder alone.',
    });
  }
  return inside;
}
