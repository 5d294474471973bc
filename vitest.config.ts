import { defineConfig } from 'vitest/config';

/** In CI a failed test runs once more; build/test.mjs names each that passed only then. */
const retry = process.env['CI'] === 'true' ? 1 : 0;

/** How many files of a project run at the same time; build/test.mjs says 1 where two projects do. */
const workers = process.env['GATEHOUSE_TEST_WORKERS'];
const maxWorkers = Number(workers ?? 2);

/** Gateways in the process of the test itself, on ports of their own: no core, no keychain. */
const gatewayFiles = ['test/integration/{gateway,certificate}/**/*.test.ts'];

/** What these measure means something only while nothing else runs. */
const measuringFiles = [
  'test/integration/load/*.test.ts',
  'test/servers/{messagebus-hostile,share-slow}.test.ts',
];

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
          ...(workers === undefined ? {} : { maxWorkers }),
        },
      },
      {
        test: {
          name: 'gateway',
          include: gatewayFiles,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          maxWorkers,
          sequence: { groupOrder: 1 },
          retry,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: [...gatewayFiles, ...measuringFiles],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          retry,
          globalSetup: 'test/support/build-core.ts',
        },
      },
      {
        test: {
          name: 'servers',
          include: ['test/servers/**/*.test.ts'],
          exclude: measuringFiles,
          testTimeout: 120_000,
          // Installs the server first, where it is not there yet.
          hookTimeout: 900_000,
          maxWorkers,
          sequence: { groupOrder: 1 },
          retry,
          globalSetup: 'test/support/build-core.ts',
        },
      },
      {
        test: {
          name: 'measuring',
          include: measuringFiles,
          testTimeout: 120_000,
          hookTimeout: 900_000,
          fileParallelism: false,
          retry,
          globalSetup: 'test/support/build-core.ts',
        },
      },
    ],
  },
});
