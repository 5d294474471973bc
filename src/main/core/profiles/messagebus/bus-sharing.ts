/** Sharing a message bus, in words. */
import type { RoleOffer } from '../../../../shared/share-model.ts';
import type { ProfileSharing } from '../../role-ports.ts';
import { busRoles } from './bus-roles.ts';

const note = 'Choose with --send and --receive which types of message a link permits.';

const offers: readonly RoleOffer[] = [
  {
    role: 'viewer',
    title: 'Observer',
    can: ['Read everything that is said on the bus'],
    cannot: ['Say anything on the bus'],
    runsCode: false,
    note,
  },
  {
    role: 'editor',
    title: 'Satellite',
    can: ['Speak to the assistant, which does what its skills do', 'Hear the answers to what they said'],
    cannot: ['Read what others say', 'Install skills or change settings', 'Speak as somebody else'],
    runsCode: false,
    note: `${note} A skill that runs commands does so for a satellite too.`,
  },
  {
    role: 'full',
    title: 'Full',
    can: [
      'Read everything that is said on the bus',
      'Say everything on the bus, including what installs skills',
    ],
    cannot: ['Speak as somebody else', 'Stop or restart the bus from Gatehouse, or share it further'],
    runsCode: true,
    note,
  },
];

export const busSharing: ProfileSharing = {
  rules: busRoles,
  notOffered: [],
  offers: () => Promise.resolve(offers),
};
