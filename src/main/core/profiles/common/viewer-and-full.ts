/**
 * Servers with two roles: `full`, which is all of it, and `viewer`, which is a list of routes. The attack: a
 * viewer's link that changes something after all, by a route, a method or a spelling that nobody thought of.
 * So a viewer gets what is listed, in a path of one reading, and nothing else.
 */
import type { Role } from '../../../../shared/model.ts';
import type { RoleRefusal, RoleRules, RoleVerdict, SocketVerdict } from '../../role-ports.ts';
import { percentDecoded } from '../../text/percent.ts';
import { overrideHeaders, overridesMethod, readPath } from '../jupyter/roles/asked-path.ts';
import { fits, piecesOf } from '../jupyter/roles/routes.ts';

export interface ViewerRoute {
  /** Pieces as in `jupyter/roles/routes.ts`: `/icons/**`. */
  readonly template: string;
  readonly methods: readonly string[];
}

export interface ViewerAndFull {
  readonly routes: readonly ViewerRoute[];
  /** Said to a viewer who asks for more; one sentence. */
  readonly limit: string;
  /** The one WebSocket that a viewer may open. */
  readonly socket: {
    readonly path: string;
    readonly open: (query: string, subprotocols: readonly string[]) => SocketVerdict;
  };
  /** Names in the query that a viewer may not send. */
  readonly forbiddenParameters?: ReadonlySet<string>;
  /** Paths (decoded) that are nobody's but the owner's. */
  readonly ownersOnly?: RegExp;
}

const read: readonly string[] = ['GET', 'HEAD'];

export function reads(...templates: string[]): ViewerRoute[] {
  return templates.map(template => ({ template, methods: read }));
}

/** Pure. */
export function viewerAndFull(kind: ViewerAndFull): RoleRules {
  const { routes, limit, socket, ownersOnly, forbiddenParameters } = kind;
  const compiled = routes.map(({ template, methods }) => ({ pieces: piecesOf(template), methods }));
  const refuse = (reason: RoleRefusal['reason']): RoleRefusal => ({
    allow: false,
    reason,
    message: sentences[reason] ?? limit,
  });
  const forbidden = (query: string): boolean =>
    [...new URLSearchParams(query).keys()].some(name => forbiddenParameters?.has(name) === true);
  const viewer = (method: string, path: string, query: string): RoleVerdict => {
    if (overridesMethod(query)) return refuse('method-override');
    const asked = readPath(path);
    if (asked === null) return refuse('ambiguous-path');
    const fitting = compiled.filter(({ pieces }) => fits(pieces, asked));
    if (fitting.length === 0 || forbidden(query)) return refuse('unknown-path');
    return fitting.some(({ methods }) => methods.includes(method)) ? { allow: true } : refuse('role');
  };
  const full = (path: string): RoleVerdict =>
    ownersOnly?.test(percentDecoded(path)) === true ? refuse('role') : { allow: true };
  return {
    roles: ['viewer', 'full'],
    overrideHeaders,
    decideRequest: (role, method, path, query) => {
      if (role === 'full') return full(path);
      return role === 'viewer' ? viewer(method, path, query) : refuse('role');
    },
    openSocket: (role: Role, path, query, subprotocols) => {
      if (role === 'full') return { allow: true, relay: 'splice' };
      if (role !== 'viewer') return refuse('role');
      return path === socket.path ? socket.open(query, subprotocols) : refuse('unknown-path');
    },
  };
}

const sentences: Readonly<Partial<Record<RoleRefusal['reason'], string>>> = {
  'unknown-path': 'Your link does not reach this part of the server.',
  'ambiguous-path': 'This address can be read in more than one way, so it is not passed on.',
  'method-override': 'A request that overrides its method is not passed on.',
};
