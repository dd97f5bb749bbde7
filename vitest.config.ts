import { defineConfig } from 'vitest/config';

/** Real processes, pipes and databases share two cores here: few workers, generous limits, no retries. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 20_000,
    retry: 0,
  },
});
