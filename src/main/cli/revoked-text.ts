import type { RevokeResult } from '../../shared/share-model.ts';

export function revokedText({ links, sessions }: RevokeResult): string {
  const what = links.length === 1 ? `Link ${links[0]} is` : `${links.length} links are`;
  const who = sessions === 1 ? '1 guest session has' : `${sessions} guest sessions have`;
  return `${what} revoked; ${who} ended.`;
}
