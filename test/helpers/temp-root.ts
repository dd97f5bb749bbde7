import { readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const shared = '/dev/shm';
const neededBytes = 4 * 1024 ** 3;

/**
 * The folder for the tests' temporary files: in memory where there is enough of it, since a test database is a thousand
 * files of which every commit is synced. A `TMPDIR` of the owner's stands.
 */
export function tempRoot(): string {
  return process.env['TMPDIR'] ?? (isRoomy() && canExecute() ? shared : tmpdir());
}

function isRoomy(): boolean {
  try {
    const { bavail, bsize } = statfsSync(shared);
    return bavail * bsize >= neededBytes;
  } catch {
    return false;
  }
}

/** Containers mount it `noexec` by default, and tests write agents there. */
function canExecute(): boolean {
  const mount = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .findLast((line) => line.split(' ')[1] === shared);
  const [, , type, options = ''] = mount?.split(' ') ?? [];
  return type === 'tmpfs' && !options.split(',').includes('noexec');
}
