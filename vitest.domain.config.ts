import { defineConfig } from 'vitest/config';

/**
 * The domain's tests alone: pure, and so without servers. For `npm run mutation`, which runs them some thousand times:
 * hence few random sequences, and no search for the smallest one that fails.
 */
export default defineConfig({
  test: {
    include: ['test/domain/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    env: {
      MODEL_RUNS: process.env.MODEL_RUNS ?? '150',
      MODEL_SHRINK: '0',
      PARTY_RUNS: process.env.PARTY_RUNS ?? '150',
    },
  },
});
