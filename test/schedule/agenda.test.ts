import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/lib/time.ts';
import { createAgenda } from '../../src/schedule/agenda.ts';
import type { JobKind } from '../../src/schedule/job.ts';
import { testJob } from '../helpers/scheduler.ts';

const kind: JobKind = {
  name: 'test',
  list: () => Promise.resolve([]),
  run: () => Promise.resolve({ state: 'done' }),
};
const start = new Date('2026-06-01T00:00:00Z');
const after = (ms: number) => new Date(start.getTime() + ms);

function agendaOf(jobs: number) {
  const agenda = createAgenda();
  for (let n = 0; n < jobs; n += 1)
    agenda.put(
      kind,
      testJob(`job-${n}`, {
        schedule: { kind: 'every', everyMs: HOUR, anchor: after(((n * 7_919) % 3_600) * 1000) },
      }),
      { cursor: after(-1), isCutOff: false },
    );
  return agenda;
}

describe('an agenda', () => {
  it('gives the jobs in the order of their time, and each only when its time has come', () => {
    const agenda = agendaOf(100);
    const due = agenda.takeDue(after(30 * MINUTE), 1_000);
    const times = due.map(({ nextAt }) => nextAt?.getTime() ?? 0);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.every((time) => time <= after(30 * MINUTE).getTime())).toBe(true);
    expect(agenda.takeDue(after(30 * MINUTE), 1_000)).toEqual([]);
    for (const known of due) agenda.place(known, known.nextAt ?? start);
    expect(agenda.nextDueAt()).toBeGreaterThan(after(30 * MINUTE).getTime());
  });

  it('forgets the former time of a job that was changed, paused or removed', () => {
    const agenda = agendaOf(3);
    agenda.put(kind, testJob('job-0', { paused: true }), { cursor: start, isCutOff: false });
    agenda.remove('job-1');
    expect(agenda.takeDue(after(2 * HOUR), 10).map(({ job }) => job.id)).toEqual(['job-2']);
  });

  it('does not grow with changes', () => {
    const agenda = agendaOf(10);
    const before = agenda.comparisons();
    for (let n = 0; n < 10_000; n += 1)
      agenda.put(kind, testJob('job-0', { schedule: { kind: 'at', at: after(n + 1) } }), {
        cursor: start,
        isCutOff: false,
      });
    expect(agenda.takeDue(after(DAY_MS), 1_000_000)).toHaveLength(10);
    expect(agenda.comparisons() - before).toBeLessThan(10_000 * 40);
  });

  it('costs no more than the logarithm of its size at each tick', () => {
    const costs = [10, 1_000, 10_000].map((jobs) => {
      const agenda = agendaOf(jobs);
      let ticks = 0;
      const before = agenda.comparisons();
      for (; ticks < 500; ticks += 1) {
        const [known] = agenda.takeDue(new Date(agenda.nextDueAt()), 1);
        if (known?.nextAt !== undefined) agenda.place(known, known.nextAt);
      }
      return { jobs, each: (agenda.comparisons() - before) / ticks };
    });
    for (const { jobs, each } of costs) expect(each).toBeLessThanOrEqual(3 * Math.log2(jobs) + 3);
    const [few, , many] = costs;
    expect((many?.each ?? Infinity) / (few?.each ?? 1)).toBeLessThan(
      (1.5 * Math.log2(10_000)) / Math.log2(10),
    );
  });

  it('is asked for the next time without any cost', () => {
    const agenda = agendaOf(10_000);
    agenda.nextDueAt();
    const before = agenda.comparisons();
    for (let n = 0; n < 1_000; n += 1) agenda.nextDueAt();
    expect(agenda.comparisons()).toBe(before);
  });
});

const DAY_MS = 24 * HOUR;
