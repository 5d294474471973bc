/**
 * What a guest may ask of matlab-proxy. The attack: a guest who stops MATLAB, takes the owner's licence out
 * or puts another one in, or asks for the server's token, by one of the routes that the owner's page has; in
 * any spelling, because its router decodes a path before it chooses (`/%73top_matlab` stops MATLAB).
 *
 * Everything below the base path that is no route of matlab-proxy itself goes on to MATLAB, whose paths
 * differ with its release, so they cannot be listed. Its desktop asks with GET, POST and WebSockets; each
 * route of matlab-proxy that changes the server is a PUT or a DELETE. So guests have those methods alone,
 * whatever the path, and the few routes among them that are the owner's are refused in every reading.
 */
import type { ProfileSharing, RoleRefusal, RoleRules, RoleVerdict } from '../../role-ports.ts';
import { percentDecoded } from '../../text/percent.ts';
import { overrideHeaders, overridesMethod } from '../jupyter/roles/asked-path.ts';

const guestMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST']);

/** Routes of matlab-proxy that are the owner's, by their last piece, whatever the method. */
const owners: ReadonlySet<string> = new Set([
  'get_auth_token',
  'start_matlab',
  'stop_matlab',
  'set_licensing_info',
  'update_entitlement',
  'shutdown_integration',
]);

const why = 'MATLAB has one desktop, and everyone who sees it can also type into it: no guest can only view.';

export function matlabSharing(basePath: string): ProfileSharing {
  return {
    rules: rulesFor(basePath),
    notOffered: [
      { role: 'viewer', reason: why },
      { role: 'editor', reason: why },
    ],
    offers: () =>
      Promise.resolve([
        {
          role: 'full',
          title: 'Full',
          can: [
            'Use the one MATLAB desktop that you use, and take it over from you',
            'Run MATLAB code and programs as you, and open your files',
            'See whose licence MATLAB runs on',
          ],
          cannot: [
            'Stop or restart MATLAB, or change its licence, by the buttons of its page',
            'Stop or restart it from Gatehouse, or share it further',
          ],
          runsCode: true,
          note: 'Code that a guest runs in MATLAB can end MATLAB too: only the buttons are withheld from them.',
        },
      ]),
  };
}

function rulesFor(basePath: string): RoleRules {
  return {
    roles: ['full'],
    overrideHeaders,
    decideRequest(role, method, path, query) {
      if (role !== 'full') return refuse('role', why);
      if (!guestMethods.has(method)) {
        return refuse('role', 'Only the owner starts, stops and restarts MATLAB or changes its licence.');
      }
      if (overridesMethod(query)) return refuse('method-override', 'The method is not said in the query.');
      return decidePath(basePath, path);
    },
    openSocket(role, path) {
      if (role !== 'full') return refuse('role', why);
      const verdict = decidePath(basePath, path);
      return verdict.allow ? { allow: true, relay: 'splice' } : verdict;
    },
  };
}

function decidePath(basePath: string, path: string): RoleVerdict {
  if (basePath !== '' && path !== basePath && !path.startsWith(`${basePath}/`)) {
    return refuse('unknown-path', 'There is nothing of MATLAB at this address.');
  }
  const readings = readingsOf(path);
  if (readings === null) return refuse('ambiguous-path', 'This address can be read in two ways.');
  const owned = readings.some(reading => {
    const pieces = reading.split(/[/\\;?#]+/).filter(piece => piece !== '');
    return pieces.some(piece => owners.has(piece.trim().toLowerCase()));
  });
  return owned ? refuse('role', 'Only the owner of MATLAB may do this.') : { allow: true };
}

const rounds = 4;

/** The path as sent, and decoded again and again until nothing changes; null where it never comes to rest. */
function readingsOf(path: string): readonly string[] | null {
  const readings = [path];
  for (let round = 0; round < rounds; round += 1) {
    const last = readings.at(-1) ?? '';
    const next = percentDecoded(last);
    if (next.split('/').some(piece => piece === '.' || piece === '..')) return null;
    if (next === last) return readings;
    readings.push(next);
  }
  return null;
}

function refuse(reason: RoleRefusal['reason'], message: string): RoleRefusal {
  return { allow: false, reason, message };
}
