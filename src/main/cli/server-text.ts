import type { Failure, ServerInfo } from '../../shared/model.ts';
import { table } from './print.ts';
import { kindOf } from './target.ts';

/** The same facts as `--json`, for a person. Pure: from values to text. */
export function serversText(servers: readonly ServerInfo[]): string {
  if (servers.length === 0) return 'No servers yet. Start one with `gatehouse start`.';
  const rows = servers.map(server => {
    const { id, name, title, state, url } = server;
    return [id, name, title, state, url ?? '-', folderText(server)];
  });
  return table([['ID', 'NAME', 'SERVER', 'STATE', 'ADDRESS', 'FOLDER'], ...rows]);
}

/** Whether it is trusted is said where it makes a difference. */
function folderText({ folder, profile, folderTrusted, trustChanged }: ServerInfo): string {
  if (kindOf(profile)?.untrusted === undefined) return folder;
  const next = trustChanged ? `, ${folderTrusted ? 'not ' : ''}trusted from the next start` : '';
  return `${folder} (${folderTrusted ? '' : 'not '}trusted${next})`;
}

/** What a failed server ran and said; why and what to do comes with the error. */
export function failureText({ command, lastLines }: Failure): string {
  if (command === '') return '';
  const said = lastLines.length === 0 ? ['(it said nothing)'] : lastLines;
  return [`$ ${command}`, ...said.map(line => `  ${line}`)].join('\n');
}

/** What the supervisor says of a server about which there is nothing to add. */
const usualReason = 'It answers and is ours.';

export function serverText({ id, title, origin, state, reason, caveat, url }: ServerInfo): string {
  const at = url === null ? '' : ` at ${url}`;
  // What is wrong with a server that runs has a line of its own.
  const why = state === 'ready' && (reason === usualReason || caveat !== null) ? '' : ` (${reason})`;
  const heed = state === 'ready' && caveat !== null ? `\nMind: ${caveat}` : '';
  const next =
    state === 'ready' ? `\nSign a browser in: \`gatehouse open ${id}\`, or \`gatehouse link ${id}\`.` : '';
  // Which installation it runs from: another one than its user thinks of is not taken in silence.
  const from = origin === 'custom command' ? '' : ` (${origin})`;
  return `${id}: ${title}${from} is ${state}${at}${why}${heed}${next}`;
}
