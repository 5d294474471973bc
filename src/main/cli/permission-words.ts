import type { ShareLinkInfo } from '../../shared/share-model.ts';

/** Which types of messages a link of a message bus permits; empty for other links. */
export function permissionWords({ permissions }: Pick<ShareLinkInfo, 'permissions'>): readonly string[] {
  if (permissions === null) return [];
  const words = (types: readonly string[]): string => (types.length === 0 ? 'nothing' : types.join(', '));
  return [`may send: ${words(permissions.send)}`, `may receive: ${words(permissions.receive)}`];
}
