import { defineConfig } from 'vitest/config';
import { tempRoot } from '../helpers/temp-root.ts';

/** The files are not called `.test.ts`, so that `npm test` needs no CLI. Each test starts at least one. */
export default defineConfig({
  test: {
    include: ['test/agents/**/*.agents.ts'],
    pool: 'forks',
    env: { TMPDIR: tempRoot() },
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    retry: 0,
  },
});
