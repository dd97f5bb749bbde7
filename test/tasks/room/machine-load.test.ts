import { describe, expect, it } from 'vitest';
import { readMachineLoad } from '../../../src/tasks/room/machine-load.ts';

const GIB = 1024 ** 3;
const meminfo = 'MemTotal:       16777216 kB\nMemFree:  1 kB\nMemAvailable:    8388608 kB\n';

function machineOf(files: Record<string, string>) {
  return readMachineLoad((path) => ({ '/proc/meminfo': meminfo, ...files })[path]);
}

const inCgroup = {
  '/proc/self/mountinfo': '30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n',
  '/proc/self/cgroup': '0::/system.slice/ninjad.service\n',
};

describe('the load of a machine', () => {
  it('is what the kernel says of it', () => {
    expect(machineOf({})).toMatchObject({ memoryBytes: 16 * GIB, availableBytes: 8 * GIB });
    expect(machineOf({}).cores).toBeGreaterThanOrEqual(1);
  });

  it('is less where a cgroup allows less, its own or one above it', () => {
    const load = machineOf({
      ...inCgroup,
      '/sys/fs/cgroup/system.slice/ninjad.service/memory.max': `${2 * GIB}\n`,
      '/sys/fs/cgroup/system.slice/ninjad.service/memory.current': `${1.5 * GIB}\n`,
      '/sys/fs/cgroup/system.slice/ninjad.service/memory.stat': `anon 5\ninactive_file ${GIB / 4}\n`,
      '/sys/fs/cgroup/system.slice/cpu.max': '100000 100000\n',
    });
    expect(load).toMatchObject({ cores: 1, memoryBytes: 2 * GIB, availableBytes: 0.75 * GIB });
  });

  it('is not less for a cgroup without a limit', () => {
    const load = machineOf({
      ...inCgroup,
      '/sys/fs/cgroup/system.slice/ninjad.service/memory.max': 'max\n',
      '/sys/fs/cgroup/system.slice/ninjad.service/cpu.max': 'max 100000\n',
    });
    expect(load).toMatchObject({ memoryBytes: 16 * GIB, availableBytes: 8 * GIB });
  });

  it('is the one of this machine', () => {
    const { memoryBytes, availableBytes } = readMachineLoad();
    expect(memoryBytes).toBeGreaterThan(availableBytes);
    expect(availableBytes).toBeGreaterThan(0);
  });
});
