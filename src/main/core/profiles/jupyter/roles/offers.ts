/**
 * What the roles mean in Jupyter, in words for the share dialog and the guest's page; and how it is with this
 * server just now.
 */
import type { RoleOffer } from '../../../../../shared/share-model.ts';
import type { ProfileSharing } from '../../../role-ports.ts';
import { hasLiveView } from '../jupyter-client.ts';
import { jupyterRoles } from './jupyter-roles.ts';

const viewer: RoleOffer = {
  role: 'viewer',
  title: 'Viewer',
  can: ['Read notebooks, files and settings of this server', 'See the outputs of kernels that run'],
  cannot: ['Run, edit, start or stop anything'],
  runsCode: false,
  note: null,
};

const editor: RoleOffer = {
  role: 'editor',
  title: 'Editor',
  can: ['Edit, make and delete notebooks and files', 'Run cells, start and stop kernels'],
  cannot: ['Open terminals', 'Shut the server down, or change its settings and extensions'],
  runsCode: true,
  note: 'Running code is nearly everything: an editor can do what any program of yours can.',
};

const full: RoleOffer = {
  role: 'full',
  title: 'Full',
  can: ['Do everything in this server that you can do, including terminals'],
  cannot: ['Stop or restart it from Gatehouse, or share it further'],
  runsCode: true,
  note: null,
};

/** @param live whether what is typed is seen at once; null where that is not known. Pure. */
export function jupyterOffers(live: boolean | null): readonly RoleOffer[] {
  const saved =
    live === true
      ? null
      : live === false
        ? 'This server lacks jupyter-collaboration, so a viewer sees notebooks as they were last saved, and what running kernels print; not what you type.'
        : 'Whether a viewer sees what you type, or notebooks as they were last saved, is only known while the server runs.';
  const together =
    live === false
      ? `${editor.note ?? ''} This server lacks jupyter-collaboration: the last one to save wins.`
      : editor.note;
  return [{ ...viewer, note: saved }, { ...editor, note: together }, full];
}

export const jupyterSharing: ProfileSharing = {
  rules: jupyterRoles,
  notOffered: [],
  offers: async (upstream, signal) =>
    jupyterOffers(upstream === null ? null : await hasLiveView(upstream, signal)),
};
