/** The errors of sharing. */
import type { Role } from '../../../shared/model.ts';
import { GatehouseError } from '../errors.ts';
import type { SharedServer, ShareRefusal } from '../share-ports.ts';

export function notRunning(id: string): GatehouseError {
  return new GatehouseError('not-running', `"${id}" is not running, so it cannot be shared.`, {
    nextStep: `Start it with \`gatehouse start ${id}\`.`,
  });
}

export function notShared({ name }: SharedServer, { reason, nextStep }: ShareRefusal): GatehouseError {
  return new GatehouseError('not-shareable', `"${name}" cannot be shared: ${reason}`, {
    kind: 'refused',
    nextStep,
  });
}

/** @param offered the roles that this server offers now */
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
    nextStep: 'Read the warnings, then acknowledge them: with `--yes`, or with the tick in the window.',
  });
}

export function noAddress(): GatehouseError {
  return new GatehouseError(
    'no-share-address',
    'The certificate names no address of this computer, so no link can be made.',
    { nextStep: 'Look at `gatehouse ca show`; a new authority covers the names that this computer has now.' },
  );
}

export function nobodyWaits(id: string): GatehouseError {
  return new GatehouseError('no-such-thing', `There is no join request ${id.slice(0, 40)}.`, {
    kind: 'not-found',
    nextStep: '`gatehouse people` lists the guests who are waiting.',
  });
}

export function noKeyFile(): GatehouseError {
  return new GatehouseError(
    'no-key-file',
    'You have not set a certificate of your own, so there is no key to open.',
    {
      kind: 'usage',
      nextStep: 'Set `sharing.certificateFile` and `sharing.keyFile` first.',
    },
  );
}

export function noAuthority(): GatehouseError {
  return new GatehouseError(
    'no-authority',
    'Guests see your own certificate, so there is no authority to install.',
    {
      kind: 'usage',
      nextStep: 'Set `sharing.certificateFile` to null to use the one that Gatehouse makes.',
    },
  );
}
