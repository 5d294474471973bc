import { shellWord } from '../../shell-word.ts';
import type { Application } from './applications.ts';

/**
 * The attack: the folder brings an environment that cannot start, and the advice tells its user to run the
 * folder's own Python. Where nobody trusts the folder the advice names no program of it.
 */
interface AdviceContext {
  /** Null where it lies in a folder that is not trusted. */
  readonly python: string | null;
  readonly application: Application;
  readonly folder: string;
}

type Rule = readonly [sign: RegExp, advice: (context: AdviceContext, match: RegExpExecArray) => string];

/**
 * Signs that servers are known to print when they cannot start, and what helps. The first that fits the
 * latest line wins.
 */
const rules: readonly Rule[] = [
  [
    /No module named '?(jupyterlab|notebook|jupyter_server|ipykernel|tornado|traitlets)\b/,
    ({ python, application }, match) =>
      installing(
        'Install what is missing',
        python,
        match[1] === application.module ? application.distribution : `${match[1]}`,
      ),
  ],
  [
    /No module named '?([\w.]+)/,
    ({ python }, match) =>
      installing(`The environment lacks "${match[1]}"; install it`, python, `${match[1]?.split('.')[0]}`),
  ],
  [
    /No space left on device|Disk quota exceeded/i,
    () => 'The disk is full: free some space and start again.',
  ],
  [
    /error while loading shared libraries: (\S+?):|libpython\S*: cannot open shared object/,
    () => 'This Python was moved or its base was updated: make the environment again, or choose another one.',
  ],
  [
    /(port|socket) .{1,120} is already in use|Address already in use|no available port could be found/i,
    () => 'Another program took this address first: start again to use another one.',
  ],
  [
    /PermissionError: .*?'([^']+)'|Permission denied: '?([^'\n]+)/,
    (_context, match) =>
      `Your account may not write to ${match[1] ?? match[2] ?? 'a file it needs'}: check who owns it (sudo leaves such files behind).`,
  ],
  [
    /Bad config encountered during initialization|Exception while loading config file (\S+)|Error loading config file: (\S+)/i,
    () =>
      'A Jupyter configuration file has a mistake: look into the folder .jupyter of your home folder, or move it aside.',
  ],
  [
    /is outside root contents directory|No such directory: ''?([^']+)/,
    ({ folder }) => `Check that the working folder is there and readable: ${folder}`,
  ],
  [
    /gatehouse: no upstream secret|gatehouse: the upstream secret/,
    () => 'The private folder of the run was changed from outside: start again.',
  ],
  [
    /ImportError: |AttributeError: module |DLL load failed/,
    ({ python, application }) =>
      installing('Its packages do not fit together', python, `--upgrade ${application.distribution}`),
  ],
  [
    /MemoryError|Cannot allocate memory/,
    () => 'The computer is out of memory: close something and start again.',
  ],
];

/** One sentence that says what to do, or null when nothing known is in the last lines. */
export function adviseJupyter(context: AdviceContext, lastLines: readonly string[]): string | null {
  for (const line of lastLines.toReversed()) {
    for (const [sign, advice] of rules) {
      const match = sign.exec(line);
      if (match) return advice(context, match);
    }
  }
  return null;
}

/** @param what is to be installed, as pip is told it */
export function installing(sentence: string, python: string | null, what: string): string {
  return python === null
    ? `${sentence}: it came with a folder that is not trusted, so use another environment (\`gatehouse profiles\` lists them).`
    : `${sentence}: ${shellWord(python)} -m pip install ${what}`;
}
