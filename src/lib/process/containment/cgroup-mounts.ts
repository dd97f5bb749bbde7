import { isAbsolute, join, relative } from 'node:path';

/** A mounted cgroup v2 hierarchy: the cgroup `root` of it is seen at `point`. */
export interface CgroupMount {
  point: string;
  root: string;
}

/** The cgroup v2 mounts in a /proc/self/mountinfo, wherever they are (proc_pid_mountinfo(5)). */
export function cgroupMounts(mountinfo: string): CgroupMount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [before, after] = line.split(' - ');
    if (after?.split(' ')[0] !== 'cgroup2') return [];
    const [, , , root, point] = before?.split(' ') ?? [];
    return root === undefined || point === undefined
      ? []
      : [{ point: unescaped(point), root: unescaped(root) }];
  });
}

/** Our path in the v2 hierarchy by a /proc/self/cgroup, or undefined where the kernel has none. */
export function ownCgroupPath(cgroup: string): string | undefined {
  return /^0::(\/.*)$/m.exec(cgroup)?.[1];
}

/**
 * Place of a cgroup path in the file system, or undefined where no mount shows it: a path with `..` lies outside of our
 * cgroup namespace (cgroup_namespaces(7)).
 */
export function cgroupDirectory(path: string, mounts: readonly CgroupMount[]): string | undefined {
  if (path.split('/').includes('..')) return undefined;
  for (const { point, root } of mounts) {
    const below = relative(root, path);
    if (!isAbsolute(below) && below.split('/')[0] !== '..') return join(point, below);
  }
  return undefined;
}

/** Blanks, tabs, line ends and backslashes stand there in octal. */
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}
