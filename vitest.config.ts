import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The Jupyter client tells the console of every WebSocket.
    onConsoleLog: text => !/WebSocket|Connection lost/.test(text),
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts', 'test/adversarial/**/*.test.ts'] } },
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
    ],
  },
});
