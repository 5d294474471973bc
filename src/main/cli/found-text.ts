import type { FoundServer } from '../../shared/model.ts';
import { shellWord } from '../core/shell-word.ts';

/** Installations with their id for `--env`, or why they cannot start. */
export function foundText(found: readonly FoundServer[]): string {
  if (found.length === 0) return 'No server is installed. Install JupyterLab with `gatehouse setup jupyter`.';
  return found
    .map(({ title, version, origin, location, problem, id }) => {
      const head = `${title}${version === null ? '' : ` ${version}`}  (${origin})`;
      return `${head}\n  ${location}\n  ${problem === null ? `--env ${shellWord(id)}` : `cannot start: ${problem}`}`;
    })
    .join('\n');
}
