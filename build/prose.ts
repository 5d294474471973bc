/*
 * Checks the prose of the source: no comment is wider than 110 columns, and no phrase that was wrong twice
 * comes back. Prints each place as file:line, and exits with 1 where there is one.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const maxColumns = 110;

/**
 * What a reader stumbled over twice, and what to write instead. Looked for in source, documents and tests.
 */
const phrases: readonly (readonly [wrong: RegExp, instead: string])[] = [
  [/\bIt is not said\b/, 'say who must say it: "Say which server to stop"'],
  [/\bfor who\b/, '"for anybody who"'],
  [/\bstarts? (?:it|them) anew\b/, '"restarts"'],
  [/\btells? more\b/, '"for more, see"'],
];

/** Folders whose comments are read; documents are wrapped by their reader's window. */
const source = /\.(?:ts|tsx|mts|mjs|cjs|py|sh)$|^\.ci\/run$/;
const comment = /^\s*(?:\/\/|\/?\*|#)/;

const files = execFileSync('git', ['ls-files', 'src', 'test', 'build', 'doc', '.ci', '*.md', '*.config.ts'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n');

const faults = files
  .filter(file => source.test(file) || file.endsWith('.md'))
  .filter(file => file !== 'build/prose.ts' && file !== 'CHANGELOG.md')
  .flatMap(file => faultsIn(file, readFileSync(join(root, file), 'utf8')));

for (const fault of faults) process.stdout.write(`${fault}\n`);
process.stdout.write(`${files.length} files, ${faults.length} places to mend\n`);
process.exit(faults.length === 0 ? 0 : 1);

function faultsIn(file: string, text: string): readonly string[] {
  return text.split('\n').flatMap((line, index) => {
    const at = `${file}:${index + 1}`;
    const wide = source.test(file) && comment.test(line) && line.length > maxColumns;
    return [
      ...(wide ? [`${at}: a comment of ${line.length} columns; wrap it at ${maxColumns}`] : []),
      ...phrases
        .filter(([wrong]) => wrong.test(line))
        .map(([wrong, instead]) => `${at}: ${String(wrong)}; write ${instead}`),
    ];
  });
}
