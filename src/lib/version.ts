import { existsSync, readFileSync } from 'node:fs';
import { packagePath } from './package-root.ts';

/** The version of this package. */
export function packageVersion(): string {
  const description = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string };
  return description.version;
}

/** The commit that this package was built of, as the build wrote it down; undefined where it ran outside of a clone. */
export function packageCommit(): string | undefined {
  const file = packagePath('dist', 'commit');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() || undefined : undefined;
}

/** This program as it names itself to others that meet what it wrote: version, commit and place. */
export function programLabel(): string {
  const commit = packageCommit();
  return `ninjad ${packageVersion()}${commit === undefined ? '' : `+${commit}`} (${packagePath('.')})`;
}

/** What `ninjad --version` prints: version, commit and node. */
export function versionLine(): string {
  return `ninjad ${packageVersion()} (${packageCommit() ?? 'no commit is known'}, node ${process.versions.node})`;
}
