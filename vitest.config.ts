import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The Jupyter client tells the console of every WebSocket.
    onConsoleLog: text => !/WebSocket|Connection lost/.test(text),
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/adversarial/**/*.test.ts'],
          // Against a hang, not to measure: a busy computer takes its time.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          globalSetup: 'test/support/build-core.ts',
        },
      },
      {
        test: {
          name: 'servers',
          include: ['test/servers/**/*.test.ts'],
          testTimeout: 120_000,
          // Installs the server first, where it is not there yet.
          hookTimeout: 900_000,
          fileParallelism: false,
          globalSetup: 'test/support/build-core.ts',
        },
      },
    ],
  },
});
