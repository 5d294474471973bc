/** The texts of notifications. A guest chooses their name, so it is shortened, and is only text. Pure. */
import type { GuestSessionInfo, JoinRequestInfo } from '../../../shared/share-model.ts';

export interface ShareNotice {
  readonly title: string;
  readonly body: string;
}

function named(name: string): string {
  const short = Array.from(name).slice(0, 60).join('');
  return short === '' ? 'Somebody' : short;
}

const rights = { viewer: 'can view', editor: 'can edit and run code', full: 'can do everything' } as const;

export function joinedNotice({ name, role, serverName, address, label }: GuestSessionInfo): ShareNotice {
  return {
    title: `${named(name)} joined “${serverName}”`,
    body: `${named(name)} ${rights[role]}. Link for ${label}, from ${address}.`,
  };
}

export function waitingNotice({ name, role, serverName, address, label }: JoinRequestInfo): ShareNotice {
  return {
    title: `${named(name)} is waiting to be let in`,
    body: `To “${serverName}” as ${role}. Link for ${label}, from ${address}. Click to answer.`,
  };
}

/** @param count those who came after the last notice, 2 or more */
export function manyJoinedNotice(
  count: number,
  { name, serverName, address, label }: GuestSessionInfo,
): ShareNotice {
  return {
    title: `${count} more guests joined “${serverName}”`,
    body: `The last was ${named(name)}. Link for ${label}, from ${address}.`,
  };
}

/** @param count those who asked after the last notice, 2 or more */
export function manyWaitingNotice(
  count: number,
  { name, serverName, address, label }: JoinRequestInfo,
): ShareNotice {
  return {
    title: `${count} more guests have asked to be let in`,
    body: `To “${serverName}”; the last was ${named(name)}. Link for ${label}, from ${address}. Click to answer.`,
  };
}
