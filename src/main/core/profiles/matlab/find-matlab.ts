import { readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FoundServer } from '../../../../shared/model.ts';
import { shortHash } from '../../text/short-hash.ts';
import type { ProfileOptions } from '../kind.ts';
import { findPrograms } from '../common/programs.ts';
import { pathsOf } from '../python/interpreter.ts';
import { findPythonPackages } from '../python/packages.ts';
import type { Variables } from '../../variables.ts';
import { compareVersions } from '../common/versions.ts';

/**
 * Earlier ones do not stop in order with the aiohttp of today, or answer nothing at all; 0.24, 0.25 and 0.30
 * were seen to work, 0.35 is in the tests.
 */
const oldestVersion = '0.24.0';

export const matlabTitle = 'MATLAB (matlab-proxy)';

/**
 * Every Python environment that has matlab-proxy, the best first; with a word on MATLAB itself, which it
 * needs not have. Runs nothing.
 */
export async function findMatlabProxies(
  options: ProfileOptions,
  folder: string | undefined,
  named?: string,
): Promise<FoundServer[]> {
  const { environment, home, platform, dataFolder } = options;
  const managed = pathsOf(platform).join(dataFolder, 'environments', 'matlab');
  const around = { environment, home, platform, managed, folder, named, scripts: ['matlab-proxy-app'] };
  const [packages, matlab] = await Promise.all([
    findPythonPackages(around, ['matlab_proxy']),
    findMatlab(environment, platform),
  ]);
  return packages
    .map(({ location, origin, python, versions, fromFolder, interpreter }): FoundServer => {
      const version = versions['matlab_proxy'] ?? null;
      return {
        id: `matlab-${shortHash(location)}`,
        profile: 'matlab',
        title: matlabTitle,
        version,
        origin: `${origin}; ${matlab ?? 'no MATLAB on PATH'}`,
        location,
        problem: python === null ? 'Its Python interpreter is not there any more.' : refusal(version),
        ...(fromFolder ? { fromFolder: true } : {}),
        ...(interpreter === undefined ? {} : { interpreter }),
      };
    })
    .sort((one, other) => Number(one.problem !== null) - Number(other.problem !== null));
}

function refusal(version: string | null): string | null {
  if (version === null || compareVersions(version, oldestVersion) >= 0) return null;
  return `${version} is older than ${oldestVersion}, the first that Gatehouse was tested with. Update it with pip.`;
}

/**
 * `MATLAB R2024b` where matlab-proxy will find one, by its own rules; `a MATLAB` where it does not say which;
 * null for none.
 */
export async function findMatlab(environment: Variables, platform: NodeJS.Platform): Promise<string | null> {
  const paths = pathsOf(platform);
  const custom = (environment['MWI_CUSTOM_MATLAB_ROOT'] ?? '').trim();
  if (custom !== '') return releaseOf(paths.join(custom, 'VersionInfo.xml'));
  const [program] = await findPrograms({ environment, platform }, ['matlab']);
  if (program === undefined) return null;
  const real = await realpath(program).catch(() => program);
  return (await releaseOf(paths.join(dirname(dirname(real)), 'VersionInfo.xml'))) ?? 'a MATLAB';
}

/** Null where it cannot be read: then it is no MATLAB, or a wrapper script. */
async function releaseOf(file: string): Promise<string | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  const release = /<release>\s*(R\d{4}[ab])\s*<\/release>/.exec(text)?.[1];
  return release === undefined ? 'a MATLAB' : `MATLAB ${release}`;
}
