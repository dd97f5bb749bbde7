import { defineConfig } from 'vitest/config';
import { tempRoot } from './test/helpers/temp-root.ts';

/** Without the one that replaces a module of ours, which the tests after it in the same process would get too. */
const plain = `test/!(actors|bench|browser|claude|cli|helpers|system)/**/!(kill-family-left).test.ts`;

/**
 * Tests wait for processes more than they compute, so two cores have three workers; generous limits, no retries. Tests of
 * plain functions share the workers' processes: a process for each of their files took a third of their time.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 3,
    env: { TMPDIR: tempRoot() },
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 20_000,
    retry: 0,
    // `.ci/run` reads from it which files have failed.
    reporters: ['default', ['json', { outputFile: 'test-results/report.json' }]],
    projects: [
      { extends: true, test: { name: 'whole', include: ['test/**/*.test.ts'], exclude: [plain] } },
      { extends: true, test: { name: 'plain', include: [plain], isolate: false } },
    ],
  },
});
