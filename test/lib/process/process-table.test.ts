import { afterEach, describe, expect, it } from 'vitest';
import { scanProcesses } from '../../../src/lib/process/process-table.ts';
import { endFamilies, newMarker, startFamily } from '../../fixtures/process/family.ts';

afterEach(endFamilies);

describe('a scan of the processes', () => {
  it('shows parent, group and session of each', async () => {
    const { root, member } = await startFamily(
      'sleep 300 & echo same $!; setsid sleep 300 & echo own $!; echo ready; wait',
    );
    await expect
      .poll(async () => (await scanProcesses()).table.get(member('own').pid))
      .toMatchObject({ ppid: root.pid, pgid: member('own').pid, sid: member('own').pid });
    const { table } = await scanProcesses();
    expect(table.get(root.pid)).toMatchObject({ ppid: process.pid, pgid: root.pid, sid: root.pid });
    expect(table.get(member('same').pid)).toMatchObject({ ppid: root.pid, pgid: root.pid, sid: root.pid });
    expect(table.get(1)?.ppid).toBe(0);
  });

  it('shows who carries a variable, with its value, and nobody else', async () => {
    const marker = newMarker();
    const { member } = await startFamily(
      'sleep 300 & echo heir $!; env -i sleep 300 & echo cleared $!; echo ready; wait',
      { marker },
    );
    const unmarked = await startFamily('echo ready; exec sleep 300');
    await expect
      .poll(async () => (await scanProcesses(marker.name)).marked.has(member('cleared').pid))
      .toBe(false);
    const { marked } = await scanProcesses(marker.name);
    expect(marked.get(member('heir').pid)).toBe(marker.value);
    expect(marked.has(unmarked.root.pid)).toBe(false);
  });

  it('lets the event loop turn while it reads many', async () => {
    await startFamily('for i in $(seq 300); do sleep 300 & done; echo ready; wait', { marker: newMarker() });
    let turns = 0;
    const count = () => {
      turns++;
      immediate = setImmediate(count);
    };
    let immediate = setImmediate(count);
    const startedAt = performance.now();
    const { table } = await scanProcesses('PATH');
    const tookMs = performance.now() - startedAt;
    clearImmediate(immediate);
    expect(table.size).toBeGreaterThan(300);
    // A slice is 3 ms and one process more; the factor is for a machine that is busy with other things.
    expect(turns).toBeGreaterThanOrEqual(Math.floor(Math.min(tookMs, 30) / 12));
  });
});
