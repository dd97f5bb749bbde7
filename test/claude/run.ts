import { startVitest } from 'vitest/node';
import { packagePath } from '../../src/lib/package-root.ts';
import { claudeVersion, fetchClaude } from './fetch-claude.ts';

// `npm run test:claude [-- FILE]`: the suite against the real CLI, which is too large to be a dependency.
const claude = await fetchClaude();
if ('reason' in claude) {
  console.log(`skipped: claude ${claudeVersion} cannot be had: ${claude.reason}`);
} else {
  process.env['NINJAD_TEST_CLAUDE'] = claude.path;
  const vitest = await startVitest('test', process.argv.slice(2), {
    root: packagePath(),
    config: packagePath('test', 'claude', 'vitest.config.ts'),
    watch: false,
  });
  await vitest.close();
}
