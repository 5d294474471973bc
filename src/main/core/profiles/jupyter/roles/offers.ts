/** What the roles mean in Jupyter, in words for the share dialog and the guest's page. */
import type { RoleOffer } from '../../../../../shared/sharing.ts';

export const jupyterOffers: readonly RoleOffer[] = [
  {
    role: 'viewer',
    title: 'Viewer',
    can: ['Read notebooks and files', 'See outputs of kernels that run'],
    cannot: ['Run, edit, start or stop anything'],
    runsCode: false,
    note: null,
  },
  {
    role: 'editor',
    title: 'Editor',
    can: ['Edit notebooks and files', 'Run cells'],
    cannot: ['Open terminals', 'Shut the server down'],
    runsCode: true,
    note: 'Running code is nearly everything: an editor can do whatever a program of yours can.',
  },
  {
    role: 'full',
    title: 'Full',
    can: ['Do everything in this server that you can do'],
    cannot: [],
    runsCode: true,
    note: null,
  },
];
