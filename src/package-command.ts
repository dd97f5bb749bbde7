import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { manPage } from './cli/man-page.ts';
import { programFor } from './cli/run.ts';
import { packagePath } from './lib/package-root.ts';
import { packageVersion } from './lib/version.ts';

/* The end of `npm run build`: what a package has besides its code, the commit that it was built of and the man page. */

function git(...args: string[]): string {
  const run = spawnSync('git', args, { cwd: packagePath('.'), encoding: 'utf8' });
  return run.status === 0 ? run.stdout.trim() : '';
}

// A copy without its history, or one that lies in somebody else's clone, knows none.
const isClone = git('rev-parse', '--show-toplevel') === packagePath('.');
const commit = isClone ? git('describe', '--always', '--dirty', '--exclude=*') : '';
const committedAt = isClone ? git('log', '-1', '--format=%cI') : '';

const commitFile = packagePath('dist', 'commit');
if (commit === '') rmSync(commitFile, { force: true });
else writeFileSync(commitFile, `${commit}\n`);

const manFile = packagePath('dist', 'man', 'ninjad.1');
mkdirSync(dirname(manFile), { recursive: true });
writeFileSync(
  manFile,
  manPage(await programFor(), {
    version: packageVersion(),
    date: committedAt === '' ? new Date().toISOString() : committedAt,
  }),
);
