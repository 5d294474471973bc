/*
 * A security primitive that is copied is mended in one place and stays broken in the others. Each is found
 * here by what its code must contain, and stands in the files of its row and nowhere else.
 */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const source = join(import.meta.dirname, '..', '..', 'src');

const texts = new Map<string, string>();
for await (const file of glob('**/*.{ts,tsx}', { cwd: source })) {
  texts.set(file.replaceAll('\\', '/'), readFileSync(join(source, file), 'utf8'));
}

const primitives: readonly (readonly [pattern: RegExp, files: readonly string[], use: string])[] = [
  [
    /%\(\[0-9a-f\]\{2\}\)/i,
    ['main/core/text/percent.ts'],
    'percentDecoded or formDecoded of text/percent.ts',
  ],
  [/flag: '[aw]x\+?'/, ['main/core/private-file.ts'], 'createPrivateFile of private-file.ts'],
  [
    // Synced to the disk, then renamed or linked.
    /open\([^)]*'[aw]x\+?'/,
    ['main/core/files.ts', 'main/core/vault/sealed-file-store.ts'],
    'writeFileAtomic of files.ts',
  ],
  [/\['Path'\]|\.Path\b/, ['main/core/search-path.ts'], 'searchFolders or pathWith of search-path.ts'],
  [/socketPath:|\.\.\.dialLoopback/, ['main/core/loopback.ts'], 'connectionTo or requestTo of loopback.ts'],
  [
    /createHash\('sha256'\)[^;]*\.slice\(0, 12\)/,
    ['main/core/text/short-hash.ts'],
    'shortHash of text/short-hash.ts',
  ],
  [/\\\\u\$\{|Default_Ignorable/, ['shared/visible.ts'], 'visible or escaped of shared/visible.ts'],
  [
    /\bexec(?:Sync)?\b[^;]*from 'node:child_process'/,
    [],
    'spawn or execFile with an argv array, without a shell',
  ],
  [/\bcreate(?:Cipheriv|Decipheriv)\(/, ['main/core/seal.ts'], 'seal and unseal of seal.ts'],
  [
    // A file name that only one process can make.
    /import \{[^}]*\blink\b[^}]*\} from 'node:fs/,
    ['main/core/home/process-lock.ts', 'main/core/vault/sealed-file-store.ts'],
    'takeLock of home/process-lock.ts',
  ],
  [/Math\.min\([^;]*\bperSecond\b/, ['main/core/token-bucket.ts'], 'token-bucket.ts'],
  [/\.\$\{(?:age|kept)\}/, ['main/core/log/rotation.ts'], 'log/rotation.ts'],
  // The log writes down whatever an error has as its code.
  [/'code' in /, ['main/core/errors.ts', 'main/core/log/log-value.ts'], 'systemCode of errors.ts'],
];

test.each(primitives)('only where it belongs: %s', (pattern, files, use) => {
  const found = [...texts].filter(([, text]) => pattern.test(text)).map(([file]) => file);
  expect(found.toSorted(), `Use ${use}.`).toEqual(files.toSorted());
});
