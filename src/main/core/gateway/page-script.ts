/**
 * The browser code of Gatehouse's pages: files of `src/pages`, each with what it imports in one function, so
 * that it leaves no name behind in the page. `html.ts` puts the hash of exactly this text into the policy.
 */
import type { Given } from '../../../pages/given.ts';
import { pageSources } from './page-sources.ts';

type PageScript = Exclude<keyof typeof pageSources, 'bannerStyle'>;

/** @param given what the script finds defined under these names */
export function pageScript(name: PageScript, given: Partial<Given>): string {
  const names = Object.entries(given).map(([key, value]) => `const ${key} = ${literal(value)};\n`);
  return `(() => {\n'use strict';\n${names.join('')}${pageSources[name]}})();`;
}

/** No value ends the script element that it stands in. */
function literal(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
}
