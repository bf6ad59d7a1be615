import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Worker threads crash with Temporal's native module.
    pool: 'forks',
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
