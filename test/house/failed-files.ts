/**
 * Prints the test files that failed in the last run, for `.ci/run`: where they are one to three, and nothing where more have failed.
 * Run as  `node --import tsx test/house/failed-files.ts`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

const report = 'test-results/report.json';
if (existsSync(report)) {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    testResults: { name: string; status: string }[];
  };
  const failed = testResults
    .filter(({ status }) => status === 'failed')
    .map(({ name }) => relative('.', name));
  if (failed.length <= 3) console.log(failed.join(' '));
}
