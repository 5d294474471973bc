/*
 * Proves that the core is plain Node: imports every file of it with `electron` and the screen's folders
 * forbidden. An import that lint cannot see (a computed name, a dependency's) fails here.
 */
import { registerHooks } from 'node:module';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');
const forbidden = /^electron(\/|$)|^electron-log|\/src\/main\/shell\/|\/src\/renderer\/|\/src\/preload\//;

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    for (const name of [specifier, resolved.url]) {
      if (forbidden.test(name))
        throw new Error(`the core must load without ${specifier} (imported by ${context.parentURL ?? '?'})`);
    }
    return resolved;
  },
});

/** A program of its own, which runs when it is imported; it imports keytar and nothing of ours. */
const program = 'src/main/core/vault/keychain.ts';

let count = 0;
for await (const file of glob('src/main/{core,control}/**/*.ts', { cwd: root })) {
  if (file === program) continue;
  await import(pathToFileURL(join(root, file)).href);
  count += 1;
}
if (count < 20) throw new Error(`only ${count} files of the core were found`);
process.stdout.write(`${count} files of the core load in plain Node\n`);
process.exit(0);
