/**
 * Reads `src/pages` when the core runs from its sources. The build evaluates this file and puts its result
 * into the bundle (`build/core.config.ts`), which reads nothing.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../../pages');
const importLine = /^import \{[^}]*\} from '\.\/([\w-]+\.js)';\n/gm;

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

/** A script behind what it imports: all share one scope, because no page loads modules. */
function readScript(name: string, seen = new Set<string>()): string {
  if (seen.has(name)) return '';
  seen.add(name);
  const text = read(name);
  const imported = Array.from(text.matchAll(importLine), ([, file = '']) => readScript(file, seen));
  return imported.join('') + text.replaceAll(importLine, '').replaceAll(/^export /gm, '');
}

export const pageSources = {
  join: readScript('join.js'),
  banner: readScript('banner.js'),
  wait: readScript('wait.js'),
  signIn: readScript('sign-in.js'),
  bannerStyle: read('banner.css'),
};
