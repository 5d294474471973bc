/*
 * `npm run profiles`: writes what follows from the files of `core/profiles/` that export `kind`: the list of
 * kinds, the table of the README, and those of doc/folder-trust.md and doc/shown-credentials.md. With --check
 * it writes nothing and fails where something would change.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { ProfileKind, ProfileOptions } from '../src/main/core/profiles/kind.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'src', 'main', 'core', 'profiles');
const check = process.argv.includes('--check');

const names: string[] = [];
for (const file of (await readdir(folder)).sort()) {
  if (!file.endsWith('.ts') || file === 'all.ts') continue;
  if (/^export const kind\b/m.test(await readFile(join(folder, file), 'utf8'))) names.push(file.slice(0, -3));
}

await put(join(folder, 'all.ts'), () => listOf(names));
const kinds: ProfileKind[] = [];
for (const name of names) {
  const { kind } = (await import(pathToFileURL(join(folder, `${name}.ts`)).href)) as { kind: ProfileKind };
  if (kind.name !== name) throw new Error(`${name}.ts exports the kind "${kind.name}"`);
  kinds.push(kind);
}
kinds.sort((one, other) => one.order - other.order);
await put(join(root, 'README.md'), text => between(text, 'servers', tableOf(kinds)));
await put(join(root, 'doc', 'folder-trust.md'), text => between(text, 'folders', folderTableOf(kinds)));
await put(join(root, 'doc', 'shown-credentials.md'), text =>
  between(text, 'credentials', credentialTableOf(kinds)),
);

function between(text: string, name: string, table: string): string {
  const parts = new RegExp(`(<!-- ${name}: npm run profiles -->)[\\s\\S]*(<!-- /${name} -->)`);
  if (!parts.test(text)) throw new Error(`There is no place for the table "${name}".`);
  return text.replace(parts, (_all, open: string, close: string) => `${open}\n\n${table}\n\n${close}`);
}

function listOf(names: readonly string[]): string {
  const words = names.map(name => [
    name,
    name.replaceAll(/-([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase()),
  ]);
  return `// Written by \`npm run profiles\` from the files of this folder that export \`kind\`.
import type { ProfileKind } from './kind.ts';
${words.map(([name, word]) => `import { kind as ${word} } from './${name}.ts';`).join('\n')}

/** Every kind of server, the first first. */
export const allKinds: readonly ProfileKind[] = [${words.map(([, word]) => word).join(', ')}].sort(
  (one, other) => one.order - other.order,
);
`;
}

function tableOf(kinds: readonly ProfileKind[]): string {
  const none = (): void => {};
  const options: ProfileOptions = {
    environment: {},
    home: '/home/you',
    dataFolder: '/home/you/.local/share/gatehouse',
    platform: 'linux',
    log: { info: none, warn: none, error: none },
    readySeconds: () => null,
  };
  const rows = kinds.map(kind => {
    const { docs, name, aliases, title } = kind;
    const words = [name, ...aliases].map(word => `\`${word}\``).join(', ');
    const roles = kind.create(options).sharing.rules.roles.join(', ');
    return [`${title} (${words})`, docs.tried ?? 'not run here', roles, docs.credential, docs.notEnforced];
  });
  return table([
    ['Server', 'Versions tried', 'Roles', 'How the credential is given', 'Not enforced'],
    ...rows,
  ]);
}

function folderTableOf(kinds: readonly ProfileKind[]): string {
  const rows = kinds.map(({ title, folderCode: { whenUntrusted, whenTrusted, tested } }) => [
    title,
    whenUntrusted,
    whenTrusted,
    tested ?? 'not run here: only its command line is tested',
  ]);
  return table([
    ['Server', 'Runs where the folder is not trusted', 'Runs where it is trusted', 'Tested'],
    ...rows,
  ]);
}

function credentialTableOf(kinds: readonly ProfileKind[]): string {
  const words = { 'none-shown': 'there is none', 'taken-off': 'no', seen: '**yes**' };
  const rows = kinds.map(({ title, shownCredential: { codeSees, how, tested } }) => [
    title,
    words[codeSees],
    how,
    tested ?? '',
  ]);
  return table([['Server', 'Code behind sees it', 'How', 'Tested'], ...rows]);
}

function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...rest] = rows.map(row => row.map(cell => cell.replaceAll('|', '\\|')));
  return [head, head.map(() => '---'), ...rest].map(row => `| ${row.join(' | ')} |`).join('\n');
}

async function put(path: string, change: (text: string) => string): Promise<void> {
  const old = await readFile(path, 'utf8').catch(() => '');
  const text = await format(change(old), { ...(await resolveConfig(path)), filepath: path });
  if (text === old) return;
  if (check) {
    process.stderr.write(`${path} is not what the profiles say: run npm run profiles\n`);
    process.exit(1);
  }
  await writeFile(path, text);
}
