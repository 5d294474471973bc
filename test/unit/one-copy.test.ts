/* The fault: a security primitive that exists twice is mended once. Each is only in the files listed here. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..', 'src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map(name => name.replaceAll('\\', '/'))
  .filter(name => /\.tsx?$/.test(name));

test.each<[what: string, code: RegExp, where: readonly string[]]>([
  ['authenticated encryption', /\bcreate(?:Cipheriv|Decipheriv)\(/, ['main/core/seal.ts']],
  [
    'a file name that only one process can make',
    /import \{[^}]*\blink\b[^}]*\} from 'node:fs/,
    ['main/core/home/process-lock.ts', 'main/core/vault/sealed-file-store.ts'],
  ],
  ['the arithmetic of a token bucket', /Math\.min\([^;]*\bperSecond\b/, ['main/core/token-bucket.ts']],
  ['numbered log rotation', /\.\$\{(?:age|kept)\}/, ['main/core/log/rotation.ts']],
])('%s is only where it is listed', (_what, code, where) => {
  const found = files.filter(name => code.test(readFileSync(join(root, name), 'utf8')));
  expect(found.sort()).toEqual(where);
});
