import { readFileSync } from 'node:fs';
import { packagePath } from './package-root.ts';

/** The version of this package. */
export function packageVersion(): string {
  const description = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string };
  return description.version;
}
