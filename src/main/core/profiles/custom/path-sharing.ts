/**
 * Roles of a server that Gatehouse knows nothing of but what its owner says: a list of what may be asked for.
 * The attacks: a path that this list reads in one way and the server in another (`..`, `%2e%2e`, `..;` of
 * servers that know matrix parameters, a slash in an escape), a prefix that ends within a piece (`/data` lets
 * `/database` pass), a method that is another (`X-HTTP-Method-Override`, `_method`), and a WebSocket on a
 * path that was only meant to be read. Whole pieces are compared, a path of two readings is refused, and the
 * default is no.
 */
import type { CustomRole, CustomServer, Role } from '../../../../shared/model.ts';
import type { RoleOffer } from '../../../../shared/share-model.ts';
import type { ProfileSharing, RoleRefusal, RoleRules } from '../../role-ports.ts';
import { overrideHeaders, overridesMethod, readPath } from '../jupyter/roles/asked-path.ts';

type Roles = NonNullable<CustomServer['roles']>;

const reason =
  'Nobody has said which paths of this server the role may use, so it cannot be offered: say it in a profile file.';

export function pathRules(roles: Roles): RoleRules {
  const lists = listsOf(roles);
  return {
    roles: offered(roles),
    overrideHeaders,
    decideRequest(role, method, path, query) {
      if (role === 'full') return { allow: true };
      const pieces = askedPieces(path);
      if (pieces === null) return ambiguous;
      if (overridesMethod(query)) return override;
      // HEAD is a GET of which only the beginning is sent.
      const methods = method === 'HEAD' ? ['HEAD', 'GET'] : [method];
      const allowed = lists[role].some(list =>
        list.requests.some(one => methods.includes(one.method) && matches(one.pieces, pieces)),
      );
      return allowed ? { allow: true } : notAllowed(role);
    },
    openSocket(role, path, query) {
      if (role === 'full') return { allow: true, relay: 'splice' };
      const pieces = askedPieces(path);
      if (pieces === null) return ambiguous;
      if (overridesMethod(query)) return override;
      const allowed = lists[role].some(list => list.sockets.some(one => matches(one, pieces)));
      return allowed ? { allow: true, relay: 'splice' } : notAllowed(role);
    },
  };
}

interface Allowed {
  readonly requests: readonly { readonly method: string; readonly pieces: readonly string[] }[];
  readonly sockets: readonly (readonly string[])[];
}

/** An editor may what a viewer may. */
function listsOf({ viewer, editor }: Roles): Readonly<Record<'viewer' | 'editor', readonly Allowed[]>> {
  const forViewer = viewer === undefined ? [] : [allowedOf(viewer)];
  return {
    viewer: forViewer,
    editor: editor === undefined ? [] : [...forViewer, allowedOf(editor)],
  };
}

function allowedOf({ requests, sockets = [] }: CustomRole): Allowed {
  return {
    requests: requests.map(line => {
      const [method = '', pattern = ''] = line.split(' ');
      return { method, pieces: patternPieces(pattern) };
    }),
    sockets: sockets.map(pattern => patternPieces(pattern)),
  };
}

/** A slash at the end is a piece of its own, `''`: servers tell `/x/` from `/x`. */
function patternPieces(pattern: string): readonly string[] {
  return pattern.slice(1).split('/');
}

/**
 * The pieces as they were sent, so that a named one is itself in every reading; null where two servers may
 * read the path differently.
 */
function askedPieces(path: string): readonly string[] | null {
  const read = readPath(path);
  if (read === null) return null;
  if (!read.every(piece => isUnmistakable(decodeURIComponent(piece)))) return null;
  return path.endsWith('/') ? [...read, ''] : read;
}

/**
 * Beyond what `readPath` holds: no matrix parameter, nothing that a server folds to a step, a slash or
 * nothing (NFKC; blanks and dots at an end).
 */
function isUnmistakable(piece: string): boolean {
  const folded = piece.normalize('NFKC');
  return !/[;/\\]/.test(folded) && !piece.includes('%') && !/^[.\s]*$/.test(folded);
}

function matches(pattern: readonly string[], asked: readonly string[]): boolean {
  const last = pattern.at(-1);
  const fixed = last === '**' ? pattern.slice(0, -1) : pattern;
  if (last === '**' ? asked.length <= fixed.length : asked.length !== fixed.length) return false;
  return fixed.every((piece, index) => (piece === '*' ? asked[index] !== '' : piece === asked[index]));
}

function notAllowed(role: Role): RoleRefusal {
  return {
    allow: false,
    reason: 'role',
    message: `This is not among the addresses that a guest may use as ${role}`,
  };
}

const ambiguous: RoleRefusal = {
  allow: false,
  reason: 'ambiguous-path',
  message: 'The address can be read in more than one way',
};
const override: RoleRefusal = {
  allow: false,
  reason: 'method-override',
  message: 'A request that overrides its method is not passed on',
};

function offered({ viewer, editor }: Roles): readonly Role[] {
  return [
    ...(viewer === undefined ? [] : ['viewer' as const]),
    ...(editor === undefined ? [] : ['editor' as const]),
    'full',
  ];
}

/** @param fallback what holds for a server of which nothing is said */
export function pathSharing(roles: Roles, fallback: ProfileSharing): ProfileSharing {
  const rules = pathRules(roles);
  const missing = (['viewer', 'editor'] as const).filter(role => roles[role] === undefined);
  return {
    rules,
    notOffered: missing.map(role => ({ role, reason })),
    async offers(upstream, signal) {
      const own = (['viewer', 'editor'] as const).filter(role => roles[role] !== undefined);
      return [...own.map(role => offerOf(role, roles)), ...(await fallback.offers(upstream, signal))];
    },
  };
}

/**
 * What a path does is the server's to say, so anyone who may change something there is taken for one who runs
 * code.
 */
function offerOf(role: 'viewer' | 'editor', roles: Roles): RoleOffer {
  const lists = listsOf(roles)[role];
  const changes = lists.some(
    list =>
      list.sockets.length > 0 ||
      list.requests.some(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method)),
  );
  const count = lists.reduce((sum, list) => sum + list.requests.length + list.sockets.length, 0);
  return {
    role,
    title: role === 'viewer' ? 'Viewer' : 'Editor',
    can: [`Use the ${count} kinds of address that you listed for this role`],
    cannot: ['Open anything else on this server'],
    runsCode: changes,
    note: 'The server itself decides what these addresses do.',
  };
}
