import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Worker threads crash with Temporal's native module.
    pool: 'forks',
    maxWorkers: 2,
    // The SDK loads the payload converter by require(), which knows no TypeScript on Node 20.
    execArgv: ['--import', 'tsx'],
    include: ['test/**/*.test.ts'],
    // What takes minutes and wants the machine for itself: npm run test:large, npm run test:neighbours.
    exclude: [
      ...configDefaults.exclude,
      ...(process.env.LARGE_ORDERS ? [] : ['test/large/**']),
      ...(process.env.TEST_NEIGHBOURS ? [] : ['test/neighbours/**']),
    ],
    reporters: ['default', './test/support/summary-reporter.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // Only where TEST_RETRY says so; what needed a second try is listed when the run ends.
    retry: Number(process.env.TEST_RETRY ?? 0),
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
