/**
 * Judges what a guest says to a bus and what the bus says to a guest. The attack is the one that the bus is
 * known for: it has no credential and says everything to everybody, so anyone who reaches it installs a
 * skill, speaks as somebody else, and reads along. So both directions are held to lists of types, who speaks
 * is stamped (`stamp.ts`), and what goes on was said again in one reading (`frame.ts`).
 */
import type { GuestContext, SocketFilter, SocketMessage, SocketStep } from '../../role-ports.ts';
import type { MessagePermissions } from '../../../../shared/share-model.ts';
import type { Role } from '../../../../shared/model.ts';
import { permits } from './bus-messages.ts';
import { longBytes, type BusReadings } from './readings.ts';
import { busName } from './stamp.ts';

const notPermitted = 'the link does not permit this type';

/**
 * So many types that were refused are named in the audit log for each socket; a guest who makes up types does
 * not fill it.
 */
const maxNamed = 30;

/**
 * @param permissions of the link: what may be sent, and what is shown @param readings of this bus, for all
 *   who hear it
 */
export function busFilter(
  role: Role,
  permissions: MessagePermissions,
  guest: GuestContext,
  readings: BusReadings,
): SocketFilter {
  const speaker = { role, guest };
  const name = busName(guest);
  const named = new Set<string>();
  let greeted = false;
  const refused = (type: string | null, why: string): SocketStep => {
    const isNamed = type !== null && (named.has(type) || named.size < maxNamed);
    if (isNamed) named.add(type);
    const reason = `not sent: ${isNamed ? `${type.slice(0, 80)}: ` : ''}${why}`;
    return { kind: 'answer', messages: [answer(type, why)], reason };
  };
  return {
    prepare(message, to) {
      if (to === 'guest') return readings.prepareHeard(message);
      return role === 'viewer' ? null : readings.prepareSaid(message, speaker);
    },
    fromGuest(message) {
      if (role === 'viewer' && message.data.length > longBytes) return refused(null, notPermitted);
      const read = readings.said(message, speaker);
      if (read.kind === 'unreadable') return refused(null, read.reason);
      if (role === 'viewer' || !permits(permissions.send, read.type)) return refused(read.type, notPermitted);
      return { kind: 'replace', message: textMessage(read.text) };
    },
    fromServer(message) {
      const read = readings.heard(message);
      if (read.kind === 'unreadable') return { kind: 'drop', reason: `not shown: ${read.reason}` };
      const isGreeting = !greeted && read.type === 'connected';
      greeted = true;
      if (isGreeting) return { kind: 'pass' };
      // A bus speaks all day: what is kept from a guest is told once, not type by type.
      if (role === 'editor' && !read.to.includes(name)) {
        return { kind: 'drop', reason: 'not shown: messages that are for others' };
      }
      return permits(permissions.receive, read.type)
        ? { kind: 'pass' }
        : { kind: 'drop', reason: 'not shown: types that the link does not permit' };
    },
  };
}

/**
 * Its client does not know this type and ignores it; anyone who writes a client reads why nothing happens.
 */
function answer(type: string | null, reason: string): SocketMessage {
  const data = { type: type?.slice(0, 200) ?? null, reason };
  return textMessage(JSON.stringify({ type: 'gatehouse.refused', data, context: {} }));
}

function textMessage(text: string): SocketMessage {
  return { binary: false, data: Buffer.from(text) };
}
