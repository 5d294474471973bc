/** What sharing means for VS Code in a browser, whichever program serves it. */
import type { ProfileSharing } from '../../role-ports.ts';
import { fullOnly } from '../common/full-only.ts';

/** @param note one more sentence for the owner who shares it */
export function vscodeSharing(note: string | null = null): ProfileSharing {
  return fullOnly('Whoever sees VS Code can open a terminal in it, so nobody can only look on.', {
    editor:
      'Whoever edits in VS Code has a terminal, too, so an editor could do whatever you can: share it as Full, or not.',
    can: [
      'Open, change and delete every file that you can',
      'Open a terminal and run any program as you',
      'Install extensions, which run as you',
    ],
    ...(note === null ? {} : { note }),
  });
}
