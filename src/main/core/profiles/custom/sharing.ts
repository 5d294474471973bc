/** A command of the owner's own: nothing is known of what it serves, so there is one role, and it is all of it. */
import { fullOnly } from '../full-only.ts';

export const customSharing = fullOnly(
  'Gatehouse does not know what this server lets people do, so it cannot hold anybody back there.',
);
