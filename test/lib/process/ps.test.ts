import { describe, expect, it } from 'vitest';
import { currentRow } from '../../../src/lib/process/identity.ts';
import { parsePsLine, psRow } from '../../../src/lib/process/ps.ts';

describe('ps, for systems without /proc', () => {
  it('gives the row and the command with its environment', () => {
    expect(
      parsePsLine('  501   1   500 Ss   Mon Feb  3 04:05:06 2025     /bin/sh -c x A=1 NINJAD_TASK=u:7:1'),
    ).toEqual({
      row: {
        pid: 501,
        ppid: 1,
        pgid: 500,
        sid: 0,
        state: 'S',
        threads: 1,
        startTime: Date.UTC(2025, 1, 3, 4, 5, 6) / 1_000,
      },
      command: '/bin/sh -c x A=1 NINJAD_TASK=u:7:1',
    });
  });

  it('gives nothing for a line that is none', () => {
    expect(parsePsLine('')).toBeUndefined();
    expect(parsePsLine('  PID  PPID  PGID STAT STARTED COMMAND')).toBeUndefined();
  });

  it('agrees with /proc about a real process', () => {
    const { pid, ppid, pgid } = currentRow(process.pid) ?? {};
    const row = psRow(process.pid);
    expect(row).toMatchObject({ pid, ppid, pgid });
    expect(Math.abs((row?.startTime ?? 0) - performance.timeOrigin / 1_000)).toBeLessThan(60);
  });

  it('gives nothing for a pid that nobody has', () => {
    expect(psRow(2 ** 21)).toBeUndefined();
  });
});
