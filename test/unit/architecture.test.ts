/*
 * The map of rooms in ARCHITECTURE.md, the zones of .oxlintrc.json and what is really imported say the same.
 * Every room of the core may besides import `shared`, the files of `core` itself and `core/text`.
 */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { dirname, join, matchesGlob, posix } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Room {
  readonly folder: string;
  readonly imports: readonly string[];
}

/** `core/home` stands for `src/main/core/home`. */
function folderOf(short: string): string {
  return ['shared', 'pages', 'preload', 'renderer'].includes(short) ? `src/${short}` : `src/main/${short}`;
}

const rooms: readonly Room[] = [
  ...read('ARCHITECTURE.md').matchAll(/^\| `(src\/[^`]+)` +\|[^|]*\|([^|]*)\|$/gm),
].map(([, folder = '', cell = '']) => ({
  folder,
  imports: [...cell.matchAll(/`([^`]+)`/g)].map(([, short = '']) => folderOf(short)),
}));

const sources: string[] = [];
for await (const file of glob('src/**/*.{ts,tsx}', { cwd: root })) sources.push(file.replaceAll('\\', '/'));

const isOfCore = (folder: string): boolean => folder.startsWith('src/main/core/');

function roomOf(path: string): Room | undefined {
  const around = rooms.filter(room => path.startsWith(`${room.folder}/`));
  return around.toSorted((one, other) => other.folder.length - one.folder.length)[0];
}

function allows(room: Room, target: string): boolean {
  if (room.folder === target || room.imports.includes(target)) return true;
  if (room.folder === 'src/main/core') return isOfCore(target);
  return isOfCore(room.folder) && ['src/shared', 'src/main/core', 'src/main/core/text'].includes(target);
}

/** Relative imports of a file, as the paths of what is imported. */
function importsOf(file: string): readonly string[] {
  const found = read(file).matchAll(
    /(?:^(?:import|export)\b[^;'"]*?from |^import |\bimport\(\s*)'(\.[^'?]+)/gm,
  );
  return [...found].map(([, specifier = '']) => posix.join(dirname(file), specifier));
}

test('every folder of the source has its row', () => {
  const parts = new Set(
    sources.map(file => {
      const [, deep] = /^(src\/main\/core\/(?:gateway|server|share)\/[^/]+)\//.exec(file) ?? [];
      const [, room] = /^(src\/main\/core\/[^/]+|src\/main\/[^/]+|src\/[^/]+)\//.exec(file) ?? [];
      return deep ?? (room === 'src/main/core' ? room : (room ?? 'src'));
    }),
  );
  const named = new Set(rooms.map(room => room.folder));
  expect([...parts].filter(part => !named.has(part))).toEqual([]);
  expect([...named].filter(folder => !sources.some(file => dirname(file) === folder))).toEqual([]);
});

test.each(rooms)('$folder imports what its row names, and all of that', ({ folder, imports }) => {
  const room = roomOf(`${folder}/x.ts`);
  const own = sources.filter(file => roomOf(file) === room);
  const used = new Map<string, string>();
  for (const file of own) {
    for (const path of importsOf(file)) {
      const target = roomOf(path)?.folder;
      if (target !== undefined && target !== folder) used.set(target, `${file} imports ${path}`);
    }
  }
  const more = [...used].filter(([target]) => room === undefined || !allows(room, target));
  expect(more.map(([, what]) => what)).toEqual([]);
  expect(imports.filter(target => !used.has(target))).toEqual([]);
});

interface Zone {
  readonly files: readonly string[];
  readonly rules: {
    readonly 'no-restricted-imports'?:
      'off' | readonly [string, { readonly patterns?: readonly { readonly regex: string }[] }];
  };
}

const zones = (JSON.parse(read('.oxlintrc.json')) as { overrides: readonly Zone[] }).overrides;

/**
 * Whether lint lets a file import this. The last zone that a file is in counts alone, as it does for oxlint.
 */
function lintAllows(file: string, specifier: string): boolean {
  const zone = zones.findLast(
    ({ files, rules }) =>
      rules['no-restricted-imports'] !== undefined && files.some(pattern => matchesGlob(file, pattern)),
  );
  const rule = zone?.rules['no-restricted-imports'] ?? 'off';
  const patterns = rule === 'off' ? [] : (rule[1].patterns ?? []);
  return !patterns.some(({ regex }) => new RegExp(regex, 'u').test(specifier));
}

const folders = [...new Set(sources.map(file => dirname(file)))];

/** A file of each folder; never the composition root, which is another test's. */
const fileIn = new Map(
  sources
    .toSorted()
    .map(file => [dirname(file), file])
    .toReversed() as [string, string][],
);

test.each(rooms)('the zone of $folder forbids every other room', ({ folder }) => {
  const own = folders.filter(each => roomOf(`${each}/x.ts`)?.folder === folder);
  const wrong = own.flatMap(from =>
    folders.flatMap(to => {
      const room = roomOf(`${from}/x.ts`);
      const target = roomOf(`${to}/x.ts`)?.folder;
      if (room === undefined || target === undefined || target === folder) return [];
      const path = posix.relative(from, fileIn.get(to) ?? to);
      const specifier = path.startsWith('.') ? path : `./${path}`;
      const says = lintAllows(`${from}/x.ts`, specifier);
      return says === allows(room, target)
        ? []
        : [`${from}: ${specifier} is ${says ? 'allowed' : 'forbidden'}`];
    }),
  );
  expect(wrong).toEqual([]);
});

test('no room of the core reaches the composition root, Electron or the keychain', () => {
  for (const { folder } of rooms.filter(room => isOfCore(room.folder))) {
    for (const specifier of [
      '../compose.ts',
      '../../compose-sharing.ts',
      'electron',
      'electron/main',
      'keytar',
    ]) {
      expect(lintAllows(`${folder}/x.ts`, specifier), `${folder}: ${specifier}`).toBe(false);
    }
  }
});
