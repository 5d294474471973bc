import type { Failure, ServerInfo } from '../../shared/model.ts';
import { statePredicate, stateWord } from '../../shared/server-state.ts';
import { table } from './print.ts';
import { kindOf } from './target.ts';

/** The same facts as `--json`, for a person. Pure: from values to text. */
export function serversText(servers: readonly ServerInfo[]): string {
  if (servers.length === 0) return 'No servers yet. Start one with `gatehouse start`.';
  const rows = servers.map(server => {
    const { id, name, title, state, url } = server;
    return [id, name, title, stateWord[state], url ?? '-', folderText(server)];
  });
  return table([['ID', 'NAME', 'SERVER', 'STATE', 'ADDRESS', 'FOLDER'], ...rows]);
}

/** With the trust in the folder, for kinds of server where it makes a difference. */
function folderText({ folder, profile, folderTrusted, trustChanged }: ServerInfo): string {
  if (kindOf(profile)?.untrusted === undefined) return folder;
  const next = trustChanged ? `, ${folderTrusted ? 'not ' : ''}trusted from the next start` : '';
  return `${folder} (${folderTrusted ? '' : 'not '}trusted${next})`;
}

/** What a failed server ran and wrote; the error itself says why it failed and what to do. */
export function failureText({ command, lastLines }: Failure): string {
  if (command === '') return '';
  const said = lastLines.length === 0 ? ['(it wrote nothing)'] : lastLines;
  return [`$ ${command}`, ...said.map(line => `  ${line}`)].join('\n');
}

export function serverText({ id, title, origin, state, reason, caveat, url }: ServerInfo): string {
  const at = url === null ? '' : ` at ${url}`;
  // That a server is ready needs no reason.
  const why = state === 'ready' ? '' : ` (${reason})`;
  const warning = state === 'ready' && caveat !== null ? `\nWarning: ${caveat}` : '';
  const next =
    state === 'ready' ? `\nSign a browser in: \`gatehouse open ${id}\`, or \`gatehouse link ${id}\`.` : '';
  // The user sees which installation it runs from, which may not be the one they had in mind.
  const from = origin === 'custom command' ? '' : ` (${origin})`;
  return `${id}: ${title}${from} ${statePredicate[state]}${at}${why}${warning}${next}`;
}
