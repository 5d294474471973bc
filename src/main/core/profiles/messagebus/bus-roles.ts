/** What the roles of a message bus are: its one socket, read along in both directions, and nothing else. */
import type { Role } from '../../../../shared/model.ts';
import type { MessageRate, RoleRefusal, RoleRules } from '../../role-ports.ts';
import { busFilter } from './filter.ts';
import { busMessages } from './bus-messages.ts';
import { guestBytes } from './read-message.ts';
import { MessageReader } from './reader.ts';
import { BusReadings } from './readings.ts';

/** Where clients of a bus look for it, and where the shim puts it. */
export const route = '/core';

/** What a bus is told it tells everybody: a satellite speaks when a person does, a skill may be busy. */
const rates: Readonly<Record<Role, MessageRate>> = {
  viewer: { perSecond: 2, burst: 20 },
  editor: { perSecond: 20, burst: 100 },
  full: { perSecond: 200, burst: 1000 },
};

/** For all guests of all buses: a reading depends on the message alone. */
const readings = new BusReadings(new MessageReader());

const noPages = 'This is a message bus. It has no pages; its clients open the WebSocket /core.';

export const busRoles: RoleRules = {
  roles: ['viewer', 'editor', 'full'],
  overrideHeaders: [],
  decideRequest: () => refusal('unknown-path', noPages),
  openSocket(role, path, _query, _subprotocols, guest) {
    if (path !== route) return refusal('unknown-path', noPages);
    const permissions = guest.permissions ?? busMessages.presets[role];
    if (permissions === undefined) return refusal('role', 'Your link does not reach this message bus.');
    return {
      allow: true,
      relay: 'filter',
      target: route,
      subprotocols: [],
      messageBytes: guestBytes,
      messageRate: rates[role],
      readsServer: true,
      filter: chosen => (chosen === null ? busFilter(role, permissions, guest, readings) : null),
    };
  },
  messages: busMessages,
};

function refusal(reason: RoleRefusal['reason'], message: string): RoleRefusal {
  return { allow: false, reason, message };
}
