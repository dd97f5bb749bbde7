import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { currentRow } from '../../../src/lib/process/identity.ts';
import { isDead, parseStat } from '../../../src/lib/process/process-row.ts';

const stat = (comm: string, state: string, threads: number) =>
  `4242 (${comm}) ${state} 17 4240 4200 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 ${threads} 0 987654 1000 20 18446744073709551615 1`;

describe('a line of /proc/<pid>/stat', () => {
  it.each(['sleep', 'a b', ') R 1 1 1 (', 'x)))', ''])(
    'is read whatever the command is called: "%s"',
    (comm) => {
      expect(parseStat(stat(comm, 'S', 3))).toEqual({
        pid: 4242,
        ppid: 17,
        pgid: 4240,
        sid: 4200,
        state: 'S',
        threads: 3,
        startTime: 987654,
      });
    },
  );

  it('is refused when it is torn', () => {
    expect(parseStat('')).toBeUndefined();
    expect(parseStat(stat('sleep', 'S', 1).slice(0, 40))).toBeUndefined();
  });

  it('is read from a real process whose name is made to confuse', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'row-test-'));
    const program = join(folder, 'z) Z 1 (');
    copyFileSync('/bin/sleep', program);
    const child = spawn(program, ['300'], { detached: true });
    try {
      await vi.waitFor(() => expect(currentRow(child.pid ?? 0)?.state).toBe('S'), 20_000);
      expect(currentRow(child.pid ?? 0)).toMatchObject({
        pid: child.pid,
        ppid: process.pid,
        pgid: child.pid,
        sid: child.pid,
      });
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a dead row', () => {
  it.each([
    ['Z', 1, true],
    ['X', 1, true],
    ['S', 1, false],
    ['D', 1, false],
    ['T', 1, false],
    ['Z', 2, false],
  ])('state %s with %i threads: %s', (state, threads, dead) => {
    const row = parseStat(stat('x', state, threads));
    expect(row && isDead(row)).toBe(dead);
  });
});
