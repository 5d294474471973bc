import type { ProfileSharing, RoleRefusal } from '../../role-ports.ts';

/**
 * A server that lets anyone who reaches it do everything: there is one role, and it is all of it.
 * @param reason why nobody can be held back there, one sentence for the owner who chooses a role
 * @param words what is said otherwise than of every such server
 */
export function fullOnly(
  reason: string,
  words: { readonly editor?: string; readonly can?: readonly string[]; readonly note?: string } = {},
): ProfileSharing {
  const refusal: RoleRefusal = { allow: false, reason: 'role', message: reason };
  return {
    rules: {
      roles: ['full'],
      overrideHeaders: [],
      decideRequest: role => (role === 'full' ? { allow: true } : refusal),
      openSocket: role => (role === 'full' ? { allow: true, relay: 'splice' } : refusal),
    },
    notOffered: [
      { role: 'viewer', reason },
      { role: 'editor', reason: words.editor ?? reason },
    ],
    offers: () =>
      Promise.resolve([
        {
          role: 'full',
          title: 'Full',
          can: words.can ?? ['Do everything on this server that you can do'],
          cannot: ['Stop or restart it from Gatehouse, or share it further'],
          runsCode: true,
          note: words.note ?? null,
        },
      ]),
  };
}
