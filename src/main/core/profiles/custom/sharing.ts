/** A command of the owner's own: nothing is known of what it serves, so there is one role, and it is all of it. */
import type { ProfileSharing } from '../../ports.ts';

const reason =
  'Gatehouse does not know what this server lets people do, so it cannot hold anybody back there.';

export const customSharing: ProfileSharing = {
  rules: {
    roles: ['full'],
    overrideHeaders: [],
    decideRequest: role =>
      role === 'full' ? { allow: true } : { allow: false, reason: 'role', message: reason },
    openSocket: role =>
      role === 'full' ? { allow: true, way: 'splice' } : { allow: false, reason: 'role', message: reason },
  },
  notOffered: [
    { role: 'viewer', reason },
    { role: 'editor', reason },
  ],
  offers: () =>
    Promise.resolve([
      {
        role: 'full',
        title: 'Full',
        can: ['Do everything on this server that you can do'],
        cannot: ['Stop or restart it from Gatehouse, or share it further'],
        runsCode: true,
        note: null,
      },
    ]),
};
