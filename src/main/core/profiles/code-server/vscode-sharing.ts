/** What sharing means for VS Code in a browser, whichever program serves it. */
import type { ProfileSharing } from '../../role-ports.ts';
import { fullOnly } from '../common/full-only.ts';

/** @param note one more sentence for the owner who shares it */
export function vscodeSharing(note: string | null = null): ProfileSharing {
  return fullOnly('Anyone who sees VS Code can open a terminal in it, so no guest can only view.', {
    editor:
      'Anyone who edits in VS Code also has a terminal, so an editor could do everything that you can: share it as Full, or not at all.',
    can: [
      'Open, change and delete every file that you can',
      'Open a terminal and run any program as you',
      'Install extensions, which run as you',
    ],
    ...(note === null ? {} : { note }),
  });
}
