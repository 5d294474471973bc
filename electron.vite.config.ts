import { join } from 'node:path';
import { defineConfig } from 'electron-vite';

const root = import.meta.dirname;

/**
 * CommonJS for Node 16 and Chromium 108, so that one bundle runs on the Electron that is shipped and on the
 * Electron 22 of the tests. Everything is bundled: the shell needs no node_modules at run time.
 */
export default defineConfig({
  main: {
    build: {
      target: 'node16',
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: join(root, 'src/main/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name].cjs' },
      },
    },
  },
  preload: {
    build: {
      target: 'node16',
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: join(root, 'src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: join(root, 'src/renderer'),
    base: './',
    build: {
      target: 'chrome108',
      outDir: join(root, 'out/renderer'),
      modulePreload: false,
      // Flat names: the pages are served by name, without folders.
      assetsDir: '',
      rolldownOptions: {
        input: { index: join(root, 'src/renderer/index.html') },
        output: { entryFileNames: '[name].js', chunkFileNames: '[name].js', assetFileNames: '[name].[ext]' },
      },
    },
  },
});
