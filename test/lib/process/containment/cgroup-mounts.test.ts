import { describe, expect, it } from 'vitest';
import {
  cgroupDirectory,
  cgroupMounts,
  ownCgroupPath,
} from '../../../../src/lib/process/containment/cgroup-mounts.ts';

const hybrid = [
  '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
  '32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu',
  '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
].join('\n');

describe('cgroupMounts', () => {
  it('finds the v2 hierarchy beside v1 ones, at whatever place', () => {
    expect(cgroupMounts(hybrid)).toEqual([{ point: '/sys/fs/cgroup/unified', root: '/' }]);
  });

  it('is not misled by optional fields, a bind mount of a part, or blanks in a path', () => {
    const line = String.raw`99 23 0:26 /user.slice/a\040b /mnt/my\040cgroups rw shared:9 master:1 - cgroup2 cgroup rw,nsdelegate`;
    expect(cgroupMounts(line)).toEqual([{ point: '/mnt/my cgroups', root: '/user.slice/a b' }]);
  });

  it('finds none where only version 1 is mounted', () => {
    expect(cgroupMounts(hybrid.split('\n').slice(0, 2).join('\n'))).toEqual([]);
    expect(cgroupMounts('')).toEqual([]);
  });
});

describe('ownCgroupPath', () => {
  it('takes the v2 line among those of version 1', () => {
    expect(ownCgroupPath('4:memory:/process/1\n0::/user.slice/x.service\n')).toBe('/user.slice/x.service');
  });

  it('is undefined on a kernel without version 2', () => {
    expect(ownCgroupPath('4:memory:/process/1\n')).toBeUndefined();
  });
});

describe('cgroupDirectory', () => {
  it('finds a path below the root of a mount', () => {
    expect(cgroupDirectory('/a/b', [{ point: '/sys/fs/cgroup', root: '/' }])).toBe('/sys/fs/cgroup/a/b');
    expect(cgroupDirectory('/a/b', [{ point: '/mnt', root: '/a' }])).toBe('/mnt/b');
    expect(cgroupDirectory('/', [{ point: '/mnt', root: '/' }])).toBe('/mnt');
  });

  it('is undefined where no mount shows it, as outside a cgroup namespace', () => {
    expect(cgroupDirectory('/a/b', [{ point: '/mnt', root: '/a/c' }])).toBeUndefined();
    expect(cgroupDirectory('/../other', [{ point: '/mnt', root: '/' }])).toBeUndefined();
    expect(cgroupDirectory('/ab', [{ point: '/mnt', root: '/a' }])).toBeUndefined();
  });
});
