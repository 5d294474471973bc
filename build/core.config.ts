import { existsSync } from 'node:fs';
import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const root = join(import.meta.dirname, '..');
const out = join(root, 'out', 'core');

const isSource = (path: string): boolean => !path.includes('__pycache__');

/** The files that are not part of the bundle: the guard's shell script, and what runs inside the servers. */
async function copyResources(): Promise<void> {
  const resources = join(out, 'resources');
  await mkdir(resources, { recursive: true });
  await cp(join(root, 'src/main/core/server/process/guard.sh'), join(resources, 'guard.sh'));
  const profiles = join(root, 'src/main/core/profiles');
  for (const name of await readdir(profiles)) {
    const shim = join(profiles, name, 'shim');
    if (existsSync(shim))
      await cp(shim, join(resources, 'shims', name), { recursive: true, filter: isSource });
  }
}

/**
 * Makes the file cheaper to load. Importing `node:http` as a module makes Node read its every getter, and one
 * of them loads a whole undici of Node's own (25 ms, 4 MiB); taking what is needed from the built-in does
 * not. And one letter beyond Latin-1 makes V8 keep the whole source in two bytes a letter.
 */
const cheapToLoad: Plugin = {
  name: 'cheap-to-load',
  renderChunk(code) {
    const taken = code.replaceAll(
      /^import (?:([\w$]+)(?:, )?)?(?:\{([^}]*)\} )?from "(node:[\w/]+)";$/gm,
      (_line, whole: string | undefined, names: string | undefined, name: string) => {
        const builtin = `process.getBuiltinModule("${name}")`;
        const parts = names === undefined ? '' : `const {${names.replaceAll(' as ', ': ')}} = ${builtin};`;
        return whole === undefined ? parts : `const ${whole} = ${builtin}; ${parts}`;
      },
    );
    const ascii = taken.replaceAll(/[^\0-\x7f]/g, letter => {
      return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
    });
    return { code: ascii, map: null };
  },
};

/** Puts the browser code of pages into the bundle, as `page-sources.ts` reads it from its source. */
const pageSources: Plugin = {
  name: 'page-sources',
  async load(id) {
    if (id !== join(root, 'src/main/core/gateway/page-sources.ts')) return null;
    const module = (await import(id)) as typeof import('../src/main/core/gateway/page-sources.ts');
    return `export const pageSources = ${JSON.stringify(module.pageSources)};`;
  },
};

/**
 * The core as one file for plain Node: it starts faster and takes less memory than the sources do. keytar and
 * koffi stay outside, they are native.
 */
export default defineConfig({
  root,
  logLevel: 'warn',
  resolve: { alias: [{ find: /^undici$/, replacement: join(root, 'build', 'core-undici.mjs') }] },
  ssr: { noExternal: true, external: ['keytar', 'koffi'], target: 'node' },
  build: {
    ssr: true,
    target: 'node24',
    outDir: out,
    emptyOutDir: true,
    minify: false,
    rolldownOptions: {
      input: {
        main: join(root, 'src/main/cli/main.ts'),
        keychain: join(root, 'src/main/core/vault/keychain.ts'),
        'reader-thread': join(root, 'src/main/core/profiles/messagebus/reader-thread.ts'),
      },
      output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
    },
  },
  plugins: [pageSources, cheapToLoad, { name: 'resources', closeBundle: copyResources }],
});
