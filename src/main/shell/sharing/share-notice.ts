/**
 * What the owner is told outside the windows. A guest chooses his name, so it is shortened, and it is never
 * more than text. Pure.
 */
import type { GuestSessionInfo, JoinRequestInfo } from '../../../shared/sharing.ts';

export interface ShareNotice {
  readonly title: string;
  readonly body: string;
}

function named(name: string): string {
  const short = Array.from(name).slice(0, 60).join('');
  return short === '' ? 'Somebody' : short;
}

const doing = { viewer: 'looks on', editor: 'edits and runs', full: 'may do everything' } as const;

export function joinedNotice({ name, role, serverName, address, label }: GuestSessionInfo): ShareNotice {
  return {
    title: `${named(name)} is in “${serverName}”`,
    body: `${named(name)} ${doing[role]}, by the link for ${label}, from ${address}.`,
  };
}

export function waitingNotice({ name, role, serverName, address, label }: JoinRequestInfo): ShareNotice {
  return {
    title: `${named(name)} waits to be let in`,
    body: `To “${serverName}” as ${role}, by the link for ${label}, from ${address}. Click to answer.`,
  };
}

/** @param count those who came after the last notice, 2 or more */
export function manyJoinedNotice(
  count: number,
  { name, serverName, address, label }: GuestSessionInfo,
): ShareNotice {
  return {
    title: `${count} more have come into “${serverName}”`,
    body: `The last was ${named(name)}, by the link for ${label}, from ${address}.`,
  };
}

/** @param count those who asked after the last notice, 2 or more */
export function manyWaitingNotice(
  count: number,
  { name, serverName, address, label }: JoinRequestInfo,
): ShareNotice {
  return {
    title: `${count} more have asked to be let in`,
    body: `To “${serverName}”; the last was ${named(name)}, by the link for ${label}, from ${address}. Click to answer.`,
  };
}
