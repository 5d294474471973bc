/** What is told where something cannot be shared. */
import type { Role } from '../../../shared/model.ts';
import { GatehouseError } from '../errors.ts';
import type { SharedServer, ShareRefusal } from '../share-ports.ts';

export function notRunning(id: string): GatehouseError {
  return new GatehouseError('not-running', `"${id}" does not run, so there is nothing to share.`, {
    nextStep: `Start it with \`gatehouse start ${id}\`.`,
  });
}

export function notShared({ name }: SharedServer, { reason, nextStep }: ShareRefusal): GatehouseError {
  return new GatehouseError('not-shareable', `"${name}" cannot be shared: ${reason}`, {
    kind: 'refused',
    nextStep,
  });
}

/** @param offered what this server offers just now */
export function notOffered(
  server: SharedServer,
  role: Role,
  offered: readonly { readonly role: Role }[],
): GatehouseError {
  const reason = server.sharing.notOffered.find(one => one.role === role)?.reason;
  const can = offered.map(one => one.role).join(', ');
  return new GatehouseError(
    'role-not-offered',
    `"${server.name}" cannot be shared as ${role}${reason === undefined ? '.' : `: ${reason}`}`,
    { kind: 'usage', nextStep: `Choose one of: ${can}.` },
  );
}

export function notAcknowledged(): GatehouseError {
  return new GatehouseError('not-acknowledged', 'A link that lets others run code has to be acknowledged.', {
    kind: 'refused',
    nextStep: 'Read what it means, then say that you have: `--yes`, or the tick in the window.',
  });
}

export function noAddress(): GatehouseError {
  return new GatehouseError(
    'no-share-address',
    'No address of this computer is named in its certificate, so no link can be made.',
    { nextStep: 'Look at `gatehouse ca show`; a new authority covers the names that this computer has now.' },
  );
}

export function nobodyWaits(id: string): GatehouseError {
  return new GatehouseError('no-such-thing', `Nobody waits under ${id.slice(0, 40)}.`, {
    kind: 'not-found',
    nextStep: '`gatehouse people` lists who does.',
  });
}

export function noKeyFile(): GatehouseError {
  return new GatehouseError('no-key-file', 'No certificate of yours is set, so there is no key to open.', {
    kind: 'usage',
    nextStep: 'Set `sharing.certificateFile` and `sharing.keyFile` first.',
  });
}

export function noAuthority(): GatehouseError {
  return new GatehouseError(
    'no-authority',
    'Guests are shown a certificate of yours, so there is none to install.',
    {
      kind: 'usage',
      nextStep: 'Set `sharing.certificateFile` to null to use the one that Gatehouse makes.',
    },
  );
}
