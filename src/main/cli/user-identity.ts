/**
 * Who runs this process. A uid need not have an entry in the user database: `docker run -u 4321`, a
 * Singularity image, an LDAP server that does not answer. Node's `userInfo()` and `homedir()` throw then.
 */
import { homedir, userInfo } from 'node:os';
import { GatehouseError } from '../core/errors.ts';
import type { Environment } from '../core/paths.ts';

/** Login name; else `$USER`, `$LOGNAME`, or the number of the uid. Never empty. */
export function loginName(
  environment: Environment,
  uid: number | null,
  lookUp: () => string = () => userInfo().username,
): string {
  const known = attempt(lookUp);
  const candidates = [known, environment['USER'], environment['LOGNAME'], uid?.toString()];
  return candidates.find(name => name !== undefined && name.trim() !== '') ?? 'unknown';
}

/**
 * Home folder of the user. Throws `no-home-folder` where neither the environment nor the user database knows
 * one.
 */
export function homeFolder(lookUp: () => string = homedir): string {
  const known = attempt(lookUp);
  if (known !== undefined && known !== '') return known;
  throw new GatehouseError('no-home-folder', 'Your account has no home folder on this computer.', {
    nextStep: 'Set HOME to a folder that you may write to.',
  });
}

function attempt(lookUp: () => string): string | undefined {
  try {
    return lookUp();
  } catch {
    return undefined;
  }
}
