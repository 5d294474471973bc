/*
 * Documents and comments that cannot lie: what they name is there. A file, a heading, a decision, a script of
 * package.json. And a union in src/shared has no member that nobody produces.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, matchesGlob, posix } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
/** Tracked files, and new ones that are not yet: a commit is checked before it is made. */
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n');

/** Names of files that are not of this repository, and whose they are. */
const foreign: ReadonlyMap<string, string> = new Map([
  ['random.py', 'an example of a file that shadows a module of Python'],
  ['app.py', 'an example of a program'],
  ['new.py', 'an example of a program'],
  ['wsgi.py', 'where Flask looks for an app'],
  ['lab.json', 'an example of a file that the reader writes'],
  ['jupyter_server_config.py', 'of Jupyter'],
  ['page_config.json', 'of Jupyter'],
  ['.jupyter/collaboration_sessions.json', 'of jupyter-collaboration'],
  ['userJupyterServer/jupyterPasswordConnect.ts', "of VS Code's Jupyter extension"],
  ['connection/jupyterConnection.ts', "of VS Code's Jupyter extension"],
  ['jupyterUtils.ts', "of VS Code's Jupyter extension"],
  ['flows.json', 'of Node-RED'],
  ['app/unisys/client-network.js', 'of Net.Create'],
  ['nc.js', 'of Net.Create'],
  ['testssl.sh', 'a scanner of TLS'],
  ['jpserver-*.json', 'of Jupyter'],
  ['25.txt', 'an example of a name in an address'],
  ['guest.js', 'the script that the gateway serves, by its address'],
  ['trusted-folders.json', 'written into a home'],
  ['servers.json', 'written into a home'],
  ['settings.json', 'written into a home'],
  ['test-results/bench.json', 'written by the bench'],
  ['out/core/main.mjs', 'written by the build'],
]);

/** Of TypeScript. What stands in a string has no space before it (`'image/*'`, `https://`). */
const comment = /(?<=^|\s)(?:\/\*[\s\S]*?\*\/|\/\/.*$)/gm;

/** The changelog tells the names of its day. */
const documents = tracked.filter(file => file.endsWith('.md') && file !== 'CHANGELOG.md');
const sources = tracked.filter(file => /\.(?:ts|tsx|mts|mjs|cjs|js|py|sh)$/.test(file) || file === '.ci/run');
const texts = new Map([
  ...documents.map(file => [file, read(file)] as const),
  ...sources.map(file => [file, commentsOf(file, read(file))] as const),
]);

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function commentsOf(file: string, text: string): string {
  const comments = /\.(?:py|sh)$|run$/.test(file) ? text.matchAll(/^\s*#.*$/gm) : text.matchAll(comment);
  return [...comments].map(([comment]) => comment).join('\n');
}

/** What `pattern` finds in documents and comments and `right` does not accept, each with its file. */
function untrue(pattern: RegExp, right: (found: string, file: string) => boolean): readonly string[] {
  return [...texts].flatMap(([file, text]) =>
    [...text.matchAll(pattern)]
      .map(([all, group]) => group ?? all)
      .filter(found => !right(found, file))
      .map(found => `${file}: ${found}`),
  );
}

/** A bare name is the base name of a file, a path the end of one; stars and braces as a shell has them. */
function exists(written: string): boolean {
  const name = written.replace(/^(?:\.\.?\/)+/, '');
  if (foreign.has(name) || name === 'Node.js') return true;
  if (/[*{]/.test(name))
    return tracked.some(file => matchesGlob(file, name) || matchesGlob(file, `**/${name}`));
  return tracked.some(file => file === name || file.endsWith(`/${name}`));
}

describe('what documents and comments name exists', () => {
  test('something is read', () => {
    expect(documents.length).toBeGreaterThan(40);
    expect(sources.length).toBeGreaterThan(800);
  });

  test('files', () => {
    const name =
      /(?<![\w./@${<>~-])[\w.@*{-][\w.@*{},-]*(?:\/[\w.@*{},-]+)*\.(?:ts|tsx|mts|mjs|cjs|js|py|sh|md|json|txt|css|html)\b(?![\w/(-]|\.\w)/g;
    expect(untrue(name, exists)).toEqual([]);
  });

  test('folders, by a path from the root', () => {
    const path = /`((?:src|test|build|doc)\/[\w./-]*)`/g;
    expect(
      untrue(path, found =>
        tracked.some(file => file === found || file.startsWith(`${found.replace(/\/$/, '')}/`)),
      ),
    ).toEqual([]);
  });

  test('no file is called foreign that is ours, or that nobody names', () => {
    const all = [...texts.values()].join('\n');
    expect(
      [...foreign.keys()].filter(
        name => !all.includes(name) || tracked.some(file => file === name || file.endsWith(`/${name}`)),
      ),
    ).toEqual([]);
  });

  test('decisions, by their numbers', () => {
    const numbers = documents
      .map(file => /^doc\/decisions\/(\d{4})-/.exec(file)?.[1])
      .filter(number => number !== undefined);
    expect(numbers).toEqual([...new Set(numbers)]);
    const isOne = (found: string): boolean =>
      (found.match(/\d+/g) ?? []).every(number => numbers.includes(number.padStart(4, '0')));
    expect(untrue(/\b(?:decisions?|ADRs?) (\d+(?:(?:, | and )\d+)*)/gi, isOne)).toEqual([]);
    expect(untrue(/\bdecisions\/(\d{4})/g, isOne)).toEqual([]);
  });

  test('scripts of package.json', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(untrue(/\bnpm run (?!-)([\w:-]+)/g, name => name in scripts)).toEqual([]);
  });

  test('no document is named that is not in the repository', () => {
    expect(untrue(/\bDESIGN\b/g, () => false)).toEqual([]);
  });

  test('what a link leads to, with its heading', () => {
    const broken = documents.flatMap(file =>
      [...read(file).matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target]) => target ?? '')
        .filter(target => !/^[a-z]+:/.test(target))
        .filter(target => !leadsSomewhere(file, target))
        .map(target => `${file}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});

function leadsSomewhere(from: string, target: string): boolean {
  const [path = '', heading] = target.split('#');
  const file = path === '' ? from : posix.join(posix.dirname(from), path);
  if (!tracked.some(one => one === file || one.startsWith(`${file.replace(/\/$/, '')}/`))) return false;
  return heading === undefined || headingsOf(read(file)).includes(heading);
}

/** Anchors as GitHub makes them. */
function headingsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    (title ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** A word in a type: `'a' | 'b'`, or one alone that tells variants apart. */
const wordInType = /(?<=[:|=]\s+)'([\w-]+)'(?=\s*[|;}])/g;

describe('every member of a union in src/shared', () => {
  const codeOf = (pattern: RegExp): string =>
    sources
      .filter(file => pattern.test(file))
      .map(file => read(file).replaceAll(comment, ''))
      .join('\n');
  const members = new Set([...codeOf(/^src\/shared\//).matchAll(wordInType)].map(([, word]) => word ?? ''));
  const code = codeOf(/^src\/.*\.tsx?$/).replaceAll(
    /^(?:export )?type [^;]*;|\breadonly \w+\??: [^;]*;/gm,
    '',
  );

  test('is read', () => {
    expect(members.size).toBeGreaterThan(40);
  });

  test('is produced: it stands in code where it is neither compared, nor a key, nor a type', () => {
    const produced = (word: string): boolean =>
      new RegExp(`(?<!(?:[!=]==|case|\\|) )'${word}'(?!:| \\|)`).test(code);
    expect([...members].filter(word => !produced(word))).toEqual([]);
  });
});
