/**
 * A command of the owner's own: nothing is known of what it serves but what its owner says, and without that
 * there is one role, and it is all of it.
 */
import type { StartRequest } from '../../../../shared/model.ts';
import type { ProfileSharing } from '../../role-ports.ts';
import { fullOnly } from '../common/full-only.ts';
import { pathSharing } from './path-sharing.ts';

export const customSharing = fullOnly(
  'Gatehouse does not know what this server lets people do, so it cannot restrict anyone there. A profile file can say which paths a role may use.',
);

export function customSharingOf({ custom }: StartRequest): ProfileSharing {
  return custom?.roles === undefined ? customSharing : pathSharing(custom.roles, customSharing);
}
