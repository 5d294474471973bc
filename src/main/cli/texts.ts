import type {
  DoctorLine,
  Failure,
  FoundServer,
  LogLine,
  ServerInfo,
  SettingInfo,
} from '../../shared/model.ts';
import { table } from './output.ts';

/** The same facts as `--json`, for a person. Pure: from values to text. */
export function serversText(servers: readonly ServerInfo[]): string {
  if (servers.length === 0) return 'No servers yet. Start one with `gatehouse start`.';
  const rows = servers.map(({ id, name, title, state, url }) => [id, name, title, state, url ?? '-']);
  return table([['ID', 'NAME', 'SERVER', 'STATE', 'ADDRESS'], ...rows]);
}

export function foundText(found: readonly FoundServer[]): string {
  if (found.length === 0) return 'Nothing found. Make a JupyterLab with `gatehouse setup jupyter`.';
  return found
    .map(({ title, version, origin, location, problem, id }) => {
      const head = `${title}${version === null ? '' : ` ${version}`}  (${origin})`;
      return `${head}\n  ${location}\n  ${problem === null ? `--env "${id}"` : `cannot start: ${problem}`}`;
    })
    .join('\n');
}

const marks = { ok: 'ok      ', warning: 'warning ', problem: 'PROBLEM ' } as const;

export function doctorText(lines: readonly DoctorLine[]): string {
  return lines
    .map(({ level, title, detail, nextStep }) => {
      const head = `${marks[level]} ${title}: ${detail}`;
      return nextStep === '' ? head : `${head}\n          ${nextStep}`;
    })
    .join('\n');
}

export function logsText(lines: readonly LogLine[]): string {
  return lines.map(logLineText).join('\n');
}

export function logLineText({ at, from, text }: LogLine): string {
  return `${at} ${from === 'gatehouse' ? 'gatehouse: ' : ''}${text}`;
}

export function settingsText(settings: readonly SettingInfo[]): string {
  return settings
    .map(
      ({ key, value, source, help }) =>
        `${key} = ${JSON.stringify(value)}${source === 'default' ? '' : ` (${source})`}\n  ${help}`,
    )
    .join('\n');
}

export function failureText(failure: Failure): string {
  const { summary, nextStep, command, lastLines } = failure;
  const said = lastLines.length === 0 ? ['(it said nothing)'] : lastLines;
  return [summary, '', `$ ${command}`, ...said.map(line => `  ${line}`), '', nextStep].join('\n');
}

export function serverText({ id, title, state, reason, url }: ServerInfo): string {
  return `${id}: ${title} is ${state}${url === null ? '' : ` at ${url}`}${state === 'ready' ? '' : ` (${reason})`}`;
}
