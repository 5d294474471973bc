/** The words of the windows. Pure: what is shown depends on what is given and nothing else. */
import type { FoundServer, ServerInfo, ServerState } from '../shared/model.ts';
import { statePredicate, stateWord } from '../shared/server-state.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'quiet';

const tones: Readonly<Record<ServerState, Tone>> = {
  stopped: 'quiet',
  starting: 'warn',
  ready: 'good',
  unhealthy: 'warn',
  restarting: 'warn',
  stopping: 'warn',
  failed: 'bad',
};

export function toneOf(state: ServerState): Tone {
  return tones[state];
}

/** `3 s`, `14 min`, `2 h`, `5 d`: one unit, rounded down. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** What a server is doing, shown next to its name. */
export function stateWords(server: ServerInfo, now: number): string {
  const since = server.startedAt === null ? null : duration(now - Date.parse(server.startedAt));
  const word = stateWord[server.state];
  switch (server.state) {
    case 'ready':
      return since === null ? word : `${word} for ${since}`;
    case 'starting':
      return since === null ? word : `${word}, ${since}`;
    case 'unhealthy':
    case 'restarting':
      return `${word}: ${plain(server.reason)}`;
    case 'stopping':
    case 'stopped':
    case 'failed':
      return word;
    default:
      return server.state satisfies never;
  }
}

/** For screen readers, when a server is in another state. */
export function announcement(server: ServerInfo): string {
  return `${server.name} ${statePredicate[server.state]}`;
}

/** A reason inside a longer line: without its full stop, with a small first letter. */
function plain(reason: string): string {
  const text = reason.replace(/\.$/u, '');
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** `/home/mira/work` as `~/work`. */
export function shortPath(path: string, home: string | null): string {
  if (home === null || home === '' || home === '/') return path;
  if (path === home) return '~';
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

/** The letter in the square before a server. */
export function initial(title: string): string {
  return (Array.from(title)[0] ?? '?').toUpperCase();
}

export function foundTitle(found: FoundServer): string {
  return found.version === null ? found.title : `${found.title} ${found.version}`;
}

/**
 * A command line as an argument list: spaces part words, quotes keep them together, a backslash keeps one
 * sign. There is no shell behind it.
 */
export function splitCommand(text: string): readonly string[] {
  const words: string[] = [];
  const pattern = /(?:[^\s"'\\]+|"(?:[^"\\]|\\.)*"|'[^']*'|\\.)+/gsu;
  for (const [word] of text.matchAll(pattern)) words.push(unquote(word));
  return words;
}

function unquote(word: string): string {
  return word.replaceAll(/"(?<double>(?:[^"\\]|\\.)*)"|'(?<single>[^']*)'|\\(?<sign>.)/gsu, (...groups) => {
    const { double, single, sign }: Record<string, string | undefined> = groups.at(-1);
    return double?.replaceAll(/\\(?<sign>["\\])/gu, '$1') ?? single ?? sign ?? '';
  });
}

/** `13:02:07`, in the clock of the person who looks. */
export function clockTime(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
