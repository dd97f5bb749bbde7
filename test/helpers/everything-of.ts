import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Everything below a folder, and the folder itself as `.`: kind, inode, owner, mode, size, both times and a checksum of each entry,
 * in one line. The time of change (ctime) is in it, so that what was written and put back to its old mtime shows too.
 */
export function everythingOf(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const look = (name: string): void => {
    const path = join(folder, name);
    const stats = lstatSync(path, { bigint: true });
    const { ino, uid, gid, mode, size, mtimeNs, ctimeNs } = stats;
    const content = stats.isFile()
      ? createHash('sha256').update(readFileSync(path)).digest('hex')
      : stats.isSymbolicLink()
        ? readlinkSync(path)
        : '';
    found[name] = [ino, uid, gid, mode.toString(8), size, mtimeNs, ctimeNs, content].join(' ');
    if (stats.isDirectory()) for (const child of readdirSync(path).sort()) look(join(name, child));
  };
  look('.');
  return found;
}
