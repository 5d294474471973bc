/**
 * Judges what a guest says to a bus and what the bus says to a guest. The attack is the one that the bus is known for: it has no credential and says everything to
 * everybody, so whoever reaches it installs a skill, speaks as somebody else, and reads along. So both directions are held to lists of types, who speaks is
 * stamped (`stamp.ts`), and what goes on was said again in one reading (`frame.ts`).
 */
import type { GuestContext, SocketFilter, SocketMessage, SocketStep } from '../../role-ports.ts';
import type { MessagePermissions } from '../../../../shared/sharing.ts';
import type { Role } from '../../../../shared/model.ts';
import { readFrame, type BusFrame } from './frame.ts';
import { permits } from './permissions.ts';
import { isFor, stampedContext } from './stamp.ts';

/** Speech as audio is the largest that a satellite sends. */
export const guestBytes = 2 * 1024 * 1024;
/** The bus itself refuses more than 25 MB by its default. */
const serverBytes = 32 * 1024 * 1024;
/** So many types that were refused are named in the audit log for each socket; a guest who makes up types does not fill it. */
const mostNamed = 30;

/** @param permissions of the link: what may be sent, and what is shown */
export function busFilter(role: Role, permissions: MessagePermissions, guest: GuestContext): SocketFilter {
  const named = new Set<string>();
  let greeted = false;
  const refused = (type: string | null, why: string): SocketStep => {
    const isNamed = type !== null && (named.has(type) || named.size < mostNamed);
    if (isNamed) named.add(type);
    const reason = `not sent: ${isNamed ? `${type.slice(0, 80)}: ` : ''}${why}`;
    return { kind: 'answer', messages: [answer(type, why)], reason };
  };
  return {
    fromGuest(message) {
      const frame = readFrame(message, guestBytes);
      if (frame.kind === 'unreadable') return refused(null, frame.reason);
      if (role === 'viewer' || !permits(permissions.send, frame.type)) {
        return refused(frame.type, 'the link does not permit this type');
      }
      return { kind: 'replace', message: stamped(role, frame, guest) };
    },
    fromServer(message) {
      const frame = readFrame(message, serverBytes);
      if (frame.kind === 'unreadable') return { kind: 'drop', reason: `not shown: ${frame.reason}` };
      const isGreeting = !greeted && frame.type === 'connected';
      greeted = true;
      if (isGreeting) return { kind: 'pass' };
      // A bus speaks all day: what is kept from a guest is told once, not type by type.
      if (role === 'editor' && !isFor(frame, guest)) {
        return { kind: 'drop', reason: 'not shown: messages that are for others' };
      }
      return permits(permissions.receive, frame.type)
        ? { kind: 'pass' }
        : { kind: 'drop', reason: 'not shown: types that the link does not permit' };
    },
  };
}

function stamped(role: Role, frame: BusFrame, guest: GuestContext): SocketMessage {
  const type = JSON.stringify(frame.type);
  const context = JSON.stringify(stampedContext(role, frame, guest));
  return textMessage(`{"type": ${type}, "data": ${frame.data}, "context": ${context}}`);
}

/** Its client does not know this type and ignores it; whoever writes a client reads why nothing happens. */
function answer(type: string | null, reason: string): SocketMessage {
  const data = { type: type?.slice(0, 200) ?? null, reason };
  return textMessage(JSON.stringify({ type: 'gatehouse.refused', data, context: {} }));
}

function textMessage(text: string): SocketMessage {
  return { binary: false, data: Buffer.from(text) };
}
