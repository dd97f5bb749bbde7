import { defineConfig } from 'vitest/config';
import { tempRoot } from './test/helpers/temp-root.ts';

/** Tests wait for processes more than they compute, so two cores have three workers; generous limits, no retries. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    env: { TMPDIR: tempRoot() },
    maxWorkers: 3,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 20_000,
    retry: 0,
  },
});
