/**
 * Which WebSockets of Jupyter a role may open, and who reads along. The attack: a viewer's socket that runs
 * code (kernel, terminal, language server) or edits (room). And a quieter one: `session_id` in a kernel's
 * query names a connection, every message of the owner shows the owner's, and Jupyter closes the older of two
 * with the same name and hands over what it has kept for it; so a viewer's query is not passed on; in its
 * place stands a mark by which Jupyter does not count the connection, and neither hands over nor throws away
 * what it keeps for somebody else.
 */
import type { Role } from '../../../../../shared/model.ts';
import { randomInt } from 'node:crypto';
import type { Precondition, GuestContext, SocketFilter, SocketVerdict } from '../../../role-ports.ts';
import { firstGuestNumber, Presence } from './awareness.ts';
import { overridesMethod, readPath, type AskedPath } from './asked-path.ts';
import { v1Protocol } from './kernel-frames.ts';
import { viewKernel } from './kernel-socket.ts';
import { refuse } from './rest.ts';
import { viewRoom } from './room-socket.ts';
import { fits, piecesOf } from './routes.ts';

type Kind = 'kernel' | 'events' | 'room' | 'language-server' | 'terminal';

const sockets: readonly (readonly [template: string, kind: Kind])[] = [
  ['/api/kernels/:id/channels', 'kernel'],
  ['/api/events/subscribe', 'events'],
  ['/api/collaboration/room/:name', 'room'],
  ['/lsp/ws/:name', 'language-server'],
  ['/terminals/websocket/:name', 'terminal'],
];

const compiled = sockets.map(([template, kind]) => ({ pieces: piecesOf(template), kind }));

/** What a viewer sends is small; what is larger is no honest viewer's. */
const viewerBytes = 1024 * 1024;

/**
 * Over all sockets of a viewer. The attack: a question of a few bytes that the server answers with a whole
 * document, or hands to a kernel, as often as they fit on the wire.
 */
const viewerRate = { perSecond: 20, burst: 200 };

/**
 * Documents, and the room in which everybody sees who is there. Any other name would be a new room in the
 * server's memory. Not percent-encoded: the server takes the name as it was sent.
 */
const viewedRoom =
  /^(?:json:notebook|text:(?:file|unicode)|base64:(?:file|blob)):[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const everybody = 'JupyterLab:globalAwareness';

/**
 * By which the server knows a connection to a kernel that must change nothing (`shim/gatehouse_viewer.py`).
 */
const viewerMark = 'gatehouse_viewer=1';

/** Pure, but for the memory of the filters that it hands out, and a number that each draws. */
export function openSocket(
  role: Role,
  path: string,
  query: string,
  subprotocols: readonly string[],
  guest: Pick<GuestContext, 'name'>,
): SocketVerdict {
  if (role === 'full') return { allow: true, relay: 'splice' };
  if (overridesMethod(query)) return refuse('method-override', role);
  const asked = readPath(path);
  if (asked === null || path.endsWith('/')) return refuse('ambiguous-path', role);
  const kind = compiled.find(({ pieces }) => fits(pieces, asked))?.kind;
  if (kind === undefined) return refuse('unknown-path', role);
  if (kind === 'events') return filter(path, [], false, chosen => (chosen === null ? receiveOnly() : null));
  return role === 'editor' ? editorSocket(kind) : viewerSocket(kind, path, asked, query, subprotocols, guest);
}

function editorSocket(kind: Exclude<Kind, 'events'>): SocketVerdict {
  return kind === 'terminal' ? refuse('role', 'editor') : { allow: true, relay: 'splice' };
}

function viewerSocket(
  kind: Exclude<Kind, 'events'>,
  path: string,
  asked: AskedPath,
  query: string,
  subprotocols: readonly string[],
  guest: Pick<GuestContext, 'name'>,
): SocketVerdict {
  switch (kind) {
    case 'kernel': {
      const offered = subprotocols.includes(v1Protocol) ? [v1Protocol] : [];
      return filter(`${path}?${viewerMark}`, offered, false, chosen => {
        if (chosen !== null && !offered.includes(chosen)) return null;
        return viewKernel(chosen === v1Protocol);
      });
    }
    case 'room': {
      const room = asked.at(-1) ?? '';
      if (room !== everybody && !viewedRoom.test(room)) return refuse('unknown-path', 'viewer');
      const presence = (): Presence | null => (room === everybody ? newPresence(guest) : null);
      const verdict = filter(path + sessionOf(query), [], true, chosen =>
        chosen === null ? viewRoom(presence()) : null,
      );
      return room === everybody ? verdict : { ...verdict, onlyIf: isNumbered(room) };
    }
    case 'language-server':
    case 'terminal':
      return refuse('role', 'viewer');
    default:
      return refuse('role', kind satisfies never);
  }
}

/** Two of 2^48 are alike once in a lifetime. */
function newPresence({ name }: Pick<GuestContext, 'name'>): Presence {
  return new Presence(firstGuestNumber + randomInt(2 ** 48 - 1), name);
}

function filter(
  target: string,
  subprotocols: readonly string[],
  readsServer: boolean,
  make: (chosen: string | null) => SocketFilter | null,
): Extract<SocketVerdict, { readonly relay: 'filter' }> {
  return {
    allow: true,
    relay: 'filter',
    target,
    subprotocols,
    messageBytes: viewerBytes,
    messageRate: viewerRate,
    readsServer,
    filter: make,
  };
}

/**
 * The server keeps a lock for each room that it was ever asked for. A server of before 2024 does not answer
 * which numbers there are: then the room is asked for.
 */
function isNumbered(room: string): Precondition {
  return {
    target: `/api/fileid/path?id=${room.split(':').at(-1) ?? ''}`,
    holds: (status, reason) => status !== 404 || !reason.includes('could not be found'),
  };
}

/**
 * A room asks for the number of the server's run, by which it tells a client of yesterday to load the page
 * again.
 */
function sessionOf(query: string): string {
  const value = /^(?:.*&)?sessionId=([\w-]{1,64})(?:&.*)?$/.exec(query)?.[1];
  return value === undefined ? '' : `?sessionId=${value}`;
}

/** What the server tells is read by a guest; the server expects nothing there. */
function receiveOnly(): SocketFilter {
  return {
    fromGuest: () => ({ kind: 'drop', reason: 'this socket only tells' }),
    fromServer: () => ({ kind: 'pass' }),
  };
}
