import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { LookContext } from './look.ts';

/** A mounted file system. */
export interface Mount {
  point: string;
  type: string;
  /** True for a disk or the like of this machine; a server far away may hang whoever asks it. */
  local: boolean;
  source: string;
}

/** File systems behind a network or a program, which may never answer. */
const remote =
  /^(?:nfs|nfs4|cifs|smb3|smbfs|9p|afs|ceph|glusterfs|lustre|ocfs2|gfs2|autofs|fuse(?:\..*)?|davfs|ncpfs)$/;
/** Such as `fuse.ext4`, which are disks all the same. */
const localFuse = /^fuse(?:blk|\.(?:ext[234]|exfat|ntfs|ntfs-3g))$/;
/** File systems that hold no data of anybody. */
const virtual =
  /^(?:proc|sysfs|devtmpfs|devpts|cgroup2?|securityfs|pstore|efivarfs|bpf|tracefs|debugfs|configfs|mqueue|hugetlbfs|fusectl|binfmt_misc|rpc_pipefs|nsfs|squashfs|iso9660|ramfs|selinuxfs|overlay)$/;

/** The mounts of this machine as its kernel lists them; none where it does not say. */
export async function readMounts(proc: string): Promise<Mount[]> {
  const text = await readFile(join(proc, 'self/mountinfo'), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const point = before.split(' ')[4];
    const [type = '', source = ''] = after.split(' ');
    if (point === undefined || type === '') return [];
    const local = !remote.test(type) || localFuse.test(type);
    return [{ point: unescapeOctal(point), type, local, source: unescapeOctal(source) }];
  });
}

/** The disks of this machine, each once: a bind mount shows the same one again. */
export function disksOf(mounts: readonly Mount[]): string[] {
  const seen = new Set<string>();
  const points: string[] = [];
  for (const { point, type, local, source } of mounts) {
    if (!local || (virtual.test(type) && point !== '/') || type === 'tmpfs') continue;
    const key = point === '/' ? '/' : `${type} ${source}`;
    if (seen.has(key)) continue;
    seen.add(key);
    points.push(point);
  }
  return points;
}

/** The mount that a path lies on. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  const asked = resolve(path);
  return mounts
    .filter(({ point }) => point === '/' || asked === point || asked.startsWith(`${point}/`))
    .reduce<Mount | undefined>(
      (best, mount) => (best === undefined || mount.point.length >= best.point.length ? mount : best),
      undefined,
    );
}

const probeMs = 5_000;

/**
 * Why a path must not be touched now; undefined where it may. On a disk of this machine it may. A server that does not answer
 * would hold one of the few threads that all file access of the daemon shares, so a program of its own asks it first.
 */
export async function whyUnreachable(path: string, context: LookContext): Promise<string | undefined> {
  const mount = mountOf(path, await readMounts(context.proc));
  if (mount === undefined || mount.local) return undefined;
  const { problem } = await context.run('stat', ['--', path], { timeoutMs: probeMs });
  return problem === null ? undefined : `${mount.type} at ${mount.point} does not answer (${problem})`;
}

/** Spaces and the like are written as three octal digits (proc_pid_mountinfo(5)). */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
