/**
 * What a viewer and an editor may ask of Jupyter, route by route. The attack: a guest who finds one forgotten
 * route (a terminal, the extension manager, a converter that runs a program) and gets more than the link
 * says. So there is no rule "GET is reading": what is not in this list is no, and a test compares the list
 * with the routes of the installed server.
 *
 * A viewer changes nothing and starts nothing, no process and no question to the network either. An editor
 * may run code, so these rows do not protect the owner's files from one; they keep what outlives the link
 * (settings, layouts, extensions, trust) and the server itself the owner's.
 */
import type { AskedPath } from './asked-path.ts';

export interface RouteRow {
  readonly template: string;
  readonly viewer: readonly string[];
  readonly editor: readonly string[];
  /** JSON with which the gateway answers a viewer: the server would change something to answer. */
  readonly viewerAnswer?: object;
  /**
   * A viewer's request goes on only where the server answers 200 to a GET of this; `**` stands for what it
   * stands for in the template.
   */
  readonly viewerOnlyIf?: string;
}

const none: readonly string[] = [];
const read: readonly string[] = ['GET', 'HEAD'];

function row(template: string, viewer: readonly string[], editor: readonly string[] = viewer): RouteRow {
  return { template, viewer, editor };
}

/** Pages, their parts, and what they ask first. */
const pages: readonly RouteRow[] = [
  row('/', read),
  row('/robots.txt', read),
  row('/favicon.ico', read),
  row('/static/**', read),
  row('/custom/custom.css', read),
  ...['lab', 'doc'].flatMap(mode => [
    row(`/${mode}`, read),
    row(`/${mode}/tree/**`, read),
    row(`/${mode}/workspaces/:name`, read),
    row(`/${mode}/workspaces/:name/tree/**`, read),
  ]),
  row('/lab/extensions/**', read),
  row('/tree/**', read),
  row('/notebooks/**', read),
  row('/edit/**', read),
  // A console is a kernel that the page starts.
  row('/consoles/**', none, read),
  row('/files/**', read),
  row('/view/**', read),
];

/** Jupyter Server. */
const server: readonly RouteRow[] = [
  row('/api', read),
  row('/api/spec.yaml', read),
  row('/api/status', read),
  // PATCH would rename the person.
  row('/api/me', read),
  // Answers for any absolute path whether it is there.
  row('/api/resolvePath', none, read),
  // Writing would outlive the link in the owner's configuration.
  row('/api/config/:word', read),
  // To list them the server makes a folder for them next to the file, wherever that is. The page asks for the
  // list of each file that it opens.
  { ...row('/api/contents/**/checkpoints', read, [...read, 'POST']), viewerAnswer: [] },
  row('/api/contents/**/checkpoints/:name', none, ['POST', 'DELETE']),
  // Trust lets scripts of a notebook run in the owner's browser: the owner's to give.
  row('/api/contents/**/trust', none),
  row('/api/contents/**', read, [...read, 'POST', 'PUT', 'PATCH', 'DELETE']),
  row('/api/kernels', read, [...read, 'POST']),
  row('/api/kernels/:id', read, [...read, 'DELETE']),
  row('/api/kernels/:id/restart', none, ['POST']),
  row('/api/kernels/:id/interrupt', none, ['POST']),
  row('/api/kernelspecs', read),
  row('/api/kernelspecs/:name', read),
  row('/kernelspecs/:name/**', read),
  row('/api/sessions', read, [...read, 'POST']),
  row('/api/sessions/:id', read, [...read, 'PATCH', 'DELETE']),
  row('/api/nbconvert', read),
  // The format in the path chooses a program (LaTeX, a browser) that works on the notebook, and its
  // configuration may execute it.
  row('/nbconvert/:word', none, ['POST']),
  row('/nbconvert/:word/**', none, read),
];

/** JupyterLab and the extensions that it brings. */
const lab: readonly RouteRow[] = [
  // Settings and layouts are the owner's, also after the link is gone.
  row('/lab/api/settings/**', read),
  row('/lab/api/workspaces/**', read),
  row('/lab/api/translations/**', read),
  row('/lab/api/listings/**', read),
  row('/lab/api/themes/**', read),
  row('/lab/api/licenses/**', read),
  // These make the server work or ask the network; changing them changes the server.
  row('/lab/api/build', none, read),
  row('/lab/api/extensions', none, read),
  row('/lab/api/plugins', none, read),
  row('/lab/api/update', none, read),
  row('/lab/api/news', none, read),
  row('/lsp/status', none, read),
  // No page asks.
  row('/api/fileid/id', none, read),
  row('/api/fileid/path', none, read),
  // Looks up the number of a file's room: without it a guest cannot even read live. Its body is repeated in
  // the answer and nothing else. A path that has no number gets one, whether there is such a file or not.
  { ...row('/api/collaboration/session/**', ['PUT']), viewerOnlyIf: '/api/contents/**?content=0' },
  row('/api/collaboration/fork/:name', read, [...read, 'PUT', 'DELETE']),
  // Each look makes a copy of the document in the server's memory.
  row('/api/collaboration/timeline/**', none, read),
  row('/api/collaboration/undo_redo/**', none, ['PUT']),
];

/**
 * Known, and nobody's but the owner's and a full guest's: listed so that they can be told from what is
 * unknown.
 */
const reserved: readonly RouteRow[] = [
  '/api/shutdown',
  '/api/terminals',
  '/api/terminals/:name',
  '/terminals/:name',
  '/terminals/websocket/:name',
  '/api/events',
  '/api/security/csp-report',
  '/api/notebooks/**',
  '/login',
  '/logout',
  '/metrics',
].map(template => row(template, none));

/** The first row that fits decides. */
export const routes: readonly RouteRow[] = [...pages, ...server, ...lab, ...reserved];

const kinds: Readonly<Record<string, RegExp>> = {
  ':id': /^\w{1,64}(?:-\w{1,64}){4}$/,
  ':word': /^\w{1,128}$/,
  ':name': /^.+$/,
};

const compiled = routes.map(route => {
  const pieces = piecesOf(route.template);
  return { route, pieces, word: firstWord(pieces) };
});

/** With which every path begins that fits; null where it may be any. */
function firstWord([first]: readonly string[]): string | null {
  return first === undefined || first === '**' || first in kinds ? null : first;
}

/** What `**` of the template stands for in a path that fits. */
export function restOf({ template }: RouteRow, path: AskedPath): AskedPath {
  const pieces = piecesOf(template);
  const star = pieces.indexOf('**');
  return star < 0 ? [] : path.slice(star, path.length - (pieces.length - star - 1));
}

/** The row for a path; null for a path that is unknown. */
export function findRoute(path: AskedPath): RouteRow | null {
  for (const { route, pieces, word } of compiled) {
    if ((word === null || word === path[0]) && fits(pieces, path)) return route;
  }
  return null;
}

export function piecesOf(template: string): readonly string[] {
  return template === '/' ? [] : template.slice(1).split('/');
}

/**
 * `**` stands for any number of pieces, also none. Words are compared as sent: `/%61pi` is not `/api`, here
 * as at the server.
 */
export function fits(pieces: readonly string[], path: AskedPath): boolean {
  const star = pieces.indexOf('**');
  if (star < 0) return pieces.length === path.length && pieces.every((piece, at) => isPiece(piece, path[at]));
  const tail = pieces.slice(star + 1);
  if (path.length < star + tail.length) return false;
  const from = path.length - tail.length;
  return (
    pieces.slice(0, star).every((piece, at) => isPiece(piece, path[at])) &&
    tail.every((piece, at) => isPiece(piece, path[from + at]))
  );
}

function isPiece(piece: string, asked: string | undefined): boolean {
  if (asked === undefined) return false;
  return kinds[piece]?.test(asked) ?? piece === asked;
}
