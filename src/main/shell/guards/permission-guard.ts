/** Asks `web-permissions.ts` what a page may do, and the owner where it says so. */
import type { Session } from 'electron/main';
import { originOf } from './origin.ts';
import { permission } from './web-permissions.ts';

export interface PermissionOwner {
  own(): string | null;
  remembered(name: string): boolean | null;
  /** Puts the question to the owner and keeps the answer. */
  ask(name: string): Promise<boolean>;
}

export function guardPermissions(session: Session, owner: PermissionOwner): void {
  const rule = (name: string, asking: string): ReturnType<typeof permission> => {
    const own = owner.own();
    if (own === null) return 'deny';
    return permission(own, {
      permission: name,
      asking: originOf(asking),
      remembered: owner.remembered(name),
    });
  };
  session.setPermissionCheckHandler((_contents, name, asking) => rule(name, asking) === 'allow');
  session.setPermissionRequestHandler((_contents, name, respond, details) => {
    const verdict = rule(name, details.requestingUrl);
    if (verdict !== 'ask') return respond(verdict === 'allow');
    owner.ask(name).then(respond, () => respond(false));
  });
  session.setDevicePermissionHandler(() => false);
}

/** For sessions whose pages need nothing: our own pages and whatever nobody made a session for. */
export function denyPermissions(session: Session): void {
  session.setPermissionCheckHandler(() => false);
  session.setPermissionRequestHandler((_contents, _name, respond) => respond(false));
  session.setDevicePermissionHandler(() => false);
}
