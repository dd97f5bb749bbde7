import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { loadKoffi } from '../../../../src/lib/koffi.ts';
import { childEntry } from '../../../../src/lib/process/child-entry.ts';
import { createRuns } from '../../../../src/lib/process/strays/runs.ts';

const mark = (taskId: number) => ({ worker: 'w', taskId, attempt: 1 });

describe('runs', () => {
  it('are found by the time of a birth, ended ones too, and of very many the latest', () => {
    let now = 100;
    const runs = createRuns(() => now);
    runs.begin(mark(1));
    now = 200;
    runs.begin(mark(2));
    now = 300;
    runs.end(mark(1));
    const at = (time: number) => runs.at(time).map((run) => run.mark.taskId);
    expect([at(50), at(150), at(250), at(350)]).toEqual([[], [1], [1, 2], [2]]);
    for (let id = 3; id < 1_100; id++) {
      runs.begin(mark(id));
      runs.end(mark(id));
    }
    expect(at(150)).toEqual([]);
    expect(at(250)).toEqual([2]);
  });
});

describe.skipIf(loadKoffi() === undefined)('strays of a child subreaper', () => {
  it('end with their run, those of several with the last, and what was started on purpose or by nobody known stays', () => {
    const { command, args } = childEntry(import.meta.url, '../../../fixtures/process/adopts-strays.ts');
    const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      start: ['before', 'either', 'first', 'kept'],
      firstEnded: ['before', 'either', 'kept'],
      bothEnded: ['before', 'kept'],
      told: [[], [['before', null]], []],
      zombies: 0,
    });
  });
});
