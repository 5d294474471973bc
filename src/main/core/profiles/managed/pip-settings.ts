import { readFile } from 'node:fs/promises';
import { pathsOf } from '../python/interpreter.ts';
import type { Variables } from '../../variables.ts';

const ofPip = /^PIP_(?:INDEX_URL|EXTRA_INDEX_URL|NO_INDEX|PROXY|CLIENT_CERT)$/;
const ofUv = /^UV_(?:INDEX|DEFAULT_INDEX|INDEX_URL|EXTRA_INDEX_URL|NO_INDEX|CONFIG_FILE)$/;
const inFile = /^\s*(?:index-url|extra-index-url|no-index|proxy|client-cert)\s*[=:]/m;

/**
 * Whether the user has told pip where packages come from, and not uv. uv reads none of pip's settings, and
 * would go past a private index to the public one: the wrong packages, or none where the network is closed.
 */
export async function onlyPipKnowsIndex(
  environment: Variables,
  home: string,
  platform: NodeJS.Platform,
): Promise<boolean> {
  const names = Object.keys(environment).filter(name => (environment[name] ?? '') !== '');
  if (names.some(name => ofUv.test(name))) return false;
  if (names.some(name => ofPip.test(name))) return true;
  const texts = await Promise.all(
    configFiles(environment, home, platform).map(path => readFile(path, 'utf8').catch(() => '')),
  );
  return texts.some(text => inFile.test(text));
}

/** Where pip looks for its settings (pip's user guide, "Configuration files"). */
export function configFiles(
  environment: Variables,
  home: string,
  platform: NodeJS.Platform,
): readonly string[] {
  const paths = pathsOf(platform);
  const named = environment['PIP_CONFIG_FILE'];
  const files = named === undefined || named === '' ? [] : [named];
  if (platform === 'win32') {
    const { APPDATA: user, ProgramData: all } = environment;
    const folders = [user, all].flatMap(folder => (folder === undefined ? [] : [paths.join(folder, 'pip')]));
    return [...files, ...[...folders, paths.join(home, 'pip')].map(folder => paths.join(folder, 'pip.ini'))];
  }
  const config = environment['XDG_CONFIG_HOME'] ?? paths.join(home, '.config');
  const mac = platform === 'darwin' ? [paths.join(home, 'Library/Application Support/pip/pip.conf')] : [];
  return [
    ...files,
    ...mac,
    paths.join(config, 'pip/pip.conf'),
    paths.join(home, '.pip/pip.conf'),
    '/etc/pip.conf',
  ];
}
