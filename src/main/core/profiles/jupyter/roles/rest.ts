/**
 * What a role may ask of Jupyter over HTTP. The attack: a viewer's link that runs, writes or stops something
 * after all, by a route, a method or a spelling that nobody thought of. A role but `full` gets what `routes`
 * names, in a path of one reading, and nothing else.
 */
import type { Role } from '../../../../../shared/model.ts';
import type { RoleRefusal, RoleVerdict } from '../../../role-ports.ts';
import { overridesMethod, readPath } from './asked-path.ts';
import { findRoute, restOf } from './routes.ts';

/** Pure. */
export function decideRequest(role: Role, method: string, path: string, query: string): RoleVerdict {
  switch (role) {
    case 'full':
      return { allow: true };
    case 'editor':
    case 'viewer': {
      if (overridesMethod(query)) return refuse('method-override', role);
      const asked = readPath(path);
      if (asked === null) return refuse('ambiguous-path', role);
      const route = findRoute(asked);
      if (route === null) return refuse('unknown-path', role);
      if (!route[role].includes(method)) return refuse('role', role);
      if (role !== 'viewer') return { allow: true };
      if (route.viewerAnswer !== undefined) return { allow: true, answer: route.viewerAnswer };
      if (route.viewerOnlyIf === undefined) return { allow: true };
      const target = route.viewerOnlyIf.replace('**', () => restOf(route, asked).join('/'));
      return { allow: true, onlyIf: { target, holds: status => status === 200 } };
    }
    default:
      return refuse('role', role satisfies never);
  }
}

/** A refusal in words that JupyterLab's dialogs show as they are. */
export function refuse(reason: RoleRefusal['reason'], role: Role): RoleRefusal {
  return { allow: false, reason, message: sentence(reason, role) };
}

function sentence(reason: RoleRefusal['reason'], role: Role): string {
  switch (reason) {
    case 'role':
      return role === 'editor'
        ? 'Your link lets you edit and run, but not open terminals or change the server itself.'
        : 'Your link lets you look. It does not let you change, run or stop anything.';
    case 'unknown-path':
      return 'Your link does not reach this part of the server.';
    case 'ambiguous-path':
      return 'This address can be read in more than one way, so it is not passed on.';
    case 'method-override':
      return 'A request that overrides its method is not passed on.';
    default:
      return reason satisfies never;
  }
}
