/**
 * What scripts read from `matlab-proxy-app-list-servers`, for the servers that Gatehouse runs: its table, its
 * `--quiet` and its `--json`.
 */
import type { ServerInfo } from '../../shared/model.ts';
import type { CoreClient } from '../control/core-client.ts';
import { padColumns, textWidth } from './text-width.ts';

/** The names of its JSON. */
export interface ListedMatlab {
  /** `25/11/26 21:58:43`, local time. */
  readonly created_on: string;
  /** `R2024b`; `MATLAB` where that is not known. */
  readonly matlab_version: string;
  readonly session_name: string;
  /** With the token, where one is asked for: `http://127.0.0.1:40123/base?mwi-auth-token=...` */
  readonly server_url: string;
}

/** Those that run, the oldest first. */
export async function listMatlab(core: CoreClient): Promise<readonly ListedMatlab[]> {
  const servers = (await core.call('server.list')).filter(
    ({ profile, url, startedAt }) => profile === 'matlab' && url !== null && startedAt !== null,
  );
  servers.sort((one, other) => (one.startedAt ?? '').localeCompare(other.startedAt ?? ''));
  return Promise.all(
    servers.map(async server =>
      describeMatlab(server, (await core.call('server.link', server.id, { tool: true })).url),
    ),
  );
}

/** @param link for tools: with the token in our own parameter, or without one */
export function describeMatlab(server: ServerInfo, link: string): ListedMatlab {
  const { origin, pathname, searchParams } = new URL(link);
  const token = searchParams.get('token');
  return {
    created_on: timeOf(new Date(server.startedAt ?? 0)),
    matlab_version: /MATLAB (R\d{4}[ab])/.exec(server.origin)?.[1] ?? 'MATLAB',
    session_name: server.name,
    server_url: `${origin}${pathname.replace(/\/$/, '')}${token === null ? '' : `?mwi-auth-token=${token}`}`,
  };
}

function timeOf(when: Date): string {
  const two = (value: number): string => String(value % 100).padStart(2, '0');
  const day = [when.getDate(), when.getMonth() + 1, when.getFullYear()].map(two).join('/');
  return `${day} ${[when.getHours(), when.getMinutes(), when.getSeconds()].map(two).join(':')}`;
}

export function matlabUrlsText(servers: readonly ListedMatlab[]): string {
  return servers.map(({ server_url }) => server_url).join('\n');
}

export function matlabTableText(servers: readonly ListedMatlab[]): string {
  const head = [
    ['', 'MATLAB', '', ''],
    ['Created On', 'Version', 'Session Name', 'Server URL'],
  ];
  const rows = servers.map(server => [
    server.created_on,
    server.matlab_version,
    server.session_name,
    server.server_url,
  ]);
  const widths = [0, 1, 2, 3].map(at => Math.max(...[...head, ...rows].map(row => textWidth(row[at] ?? ''))));
  const line = (cells: readonly string[], edge: string): string =>
    `${edge} ${cells.map((cell, at) => padColumns(cell, widths[at] ?? 0)).join(` ${edge} `)} ${edge}`;
  const rule = ([left, bar, cross, right]: readonly [string, string, string, string]): string =>
    left + widths.map(width => bar.repeat(width + 2)).join(cross) + right;
  const body = rows.map(row => line(row, '│')).join(`\n${rule(['├', '─', '┼', '┤'])}\n`);
  const lines = [
    rule(['┏', '━', '┳', '┓']),
    ...head.map(cells => line(cells, '┃')),
    rule(['┡', '━', '╇', '┩']),
    ...(servers.length === 0 ? [] : [body]),
    rule(['└', '─', '┴', '┘']),
    ...(servers.length === 0 ? ['No servers found.'] : []),
  ];
  const title = 'MATLAB Proxy Servers';
  const space = Math.max(0, Math.floor(((lines[0]?.length ?? 0) - title.length) / 2));
  return [' '.repeat(space) + title, ...lines].join('\n');
}
