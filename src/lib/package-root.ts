import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The absolute path of a file or folder that ships with the package, such as `sql` or `public`.
 * Found by walking up to `package.json`, since `src/…` and `dist/src/…` differ in depth.
 */
export function packagePath(...segments: string[]): string {
  return join(packageRoot(), ...segments);
}

function packageRoot(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(dir, 'package.json'))) {
    const parent = dirname(dir);
    if (parent === dir) throw new Error(`no package.json above ${fileURLToPath(import.meta.url)}`);
    dir = parent;
  }
  return dir;
}
