import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const root = join(import.meta.dirname, '..');
const out = join(root, 'out', 'core');

/** The files that are not JavaScript: the guard's shell script and the Python that runs inside Jupyter. */
async function copyResources(): Promise<void> {
  const resources = join(out, 'resources');
  await mkdir(resources, { recursive: true });
  await cp(join(root, 'src/main/core/server/guard.sh'), join(resources, 'guard.sh'));
  await cp(join(root, 'src/main/core/profiles/jupyter/python'), join(resources, 'shim'), { recursive: true });
}

/** The core as one file for plain Node: it starts faster and takes less memory than the sources do. keytar and koffi stay outside, they are native. */
export default defineConfig({
  root,
  logLevel: 'warn',
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
      },
      output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
    },
  },
  plugins: [{ name: 'resources', closeBundle: copyResources }],
});
