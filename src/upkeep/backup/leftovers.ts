import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** What is made beside its place, and left there where its process is killed. */
export type Leftover = 'partial' | 'look' | 'restoring';

/** Several machines may keep their backups in one folder, and each knows its own processes only. */
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** The path beside another one for what this process makes there. */
export function pathBeside(path: string, kind: Leftover): string {
  return join(dirname(path), `.${basename(path)}.${kind}-${host}-${process.pid}`);
}

/** What tells the things of this process from those of other ones and of other machines. */
export function ownMark(): { host: string; pid: number } {
  return { host, pid: process.pid };
}

/** Whether the process of such a mark was one of this machine and is no more. */
export function isGone(mark: { host: string | undefined; pid: number }): boolean {
  return mark.host === host && !isAlive(mark.pid);
}

/** A new folder beside a path for what this process makes there. */
export function folderBeside(path: string, kind: Leftover): Promise<string> {
  return mkdtemp(`${pathBeside(path, kind)}-`);
}

const shape = /^\.(?<of>.+)\.(?<kind>partial|look|restoring)-(?<host>[0-9a-f]{8})-(?<pid>\d+)(?:-\w{6})?$/;

/** Whether a path has a name of what is made beside its place, whoever makes it. */
export function isLeftover(path: string): boolean {
  return shape.test(basename(path));
}

/** What processes of this machine that are gone have left in a folder: paths by kind, and beside what they were made. */
export async function findLeftovers(folder: string): Promise<{ path: string; of: string; kind: Leftover }[]> {
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name) => {
    const found = shape.exec(name)?.groups;
    if (found === undefined || !isGone({ host: found['host'], pid: Number(found['pid']) })) return [];
    return [{ path: join(folder, name), of: found['of'] ?? '', kind: found['kind'] as Leftover }];
  });
}

/** Removes archives that were never finished and copies that were only looked at; resolves to their paths. */
export async function sweepLeftovers(folder: string): Promise<string[]> {
  const gone = (await findLeftovers(folder)).filter(({ kind }) => kind !== 'restoring');
  for (const { path } of gone) await rm(path, { recursive: true, force: true });
  return gone.map(({ path }) => path);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
