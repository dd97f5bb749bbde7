import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/lib/time.ts';
import { instantsOf } from '../../src/schedule/instants.ts';
import type { JobDefinition } from '../../src/schedule/job.ts';
import { type Outlook, planJob } from '../../src/schedule/plan.ts';
import { testJob } from '../helpers/scheduler.ts';

const at = (hour: number, minute = 0) => new Date(Date.UTC(2026, 5, 1, hour, minute));

function plan(changes: Partial<JobDefinition>, cursor: Date, outlook: Partial<Outlook> & { now: Date }) {
  const job = testJob('job', { schedule: { kind: 'every', everyMs: HOUR, anchor: at(0) }, ...changes });
  const found = planJob(job, instantsOf(job.schedule), cursor, {
    missedUntil: new Date(outlook.now.getTime() - 2 * MINUTE),
    because: () => 'the daemon was not running',
    isCutOff: false,
    ...outlook,
  });
  const hours = (instants: readonly Date[]) => instants.map((instant) => instant.getUTCHours());
  return { ...found, onTime: hours(found.onTime), madeUp: hours(found.madeUp) };
}

describe('a plan', () => {
  it('finds nothing where nothing has come, and leaves the cursor', () => {
    expect(plan({}, at(1), { now: at(1, 59) })).toEqual({
      onTime: [],
      madeUp: [],
      missed: [],
      consideredUntil: at(1),
    });
  });

  it('takes what comes within two minutes as on time', () => {
    expect(plan({}, at(1), { now: at(2, 1) })).toMatchObject({
      onTime: [2],
      missed: [],
      consideredUntil: at(2),
    });
  });

  it('lets a fire on time make up for those before it', () => {
    const { onTime, madeUp, missed } = plan({ missed: 'once' }, at(1), { now: at(4, 1) });
    expect([onTime, madeUp]).toEqual([[4], []]);
    expect(missed.map(({ reason }) => reason)).toEqual(
      Array(2).fill('the daemon was not running, and the fire of 2026-06-01T04:00:00.000Z makes up for it'),
    );
  });

  it('looks anew at what was claimed and never started', () => {
    expect(plan({ missed: 'all' }, at(3), { now: at(4, 30), leftover: [at(2), at(3)] })).toMatchObject({
      madeUp: [2, 3, 4],
      missed: [],
    });
    expect(plan({ missed: 'once' }, at(3), { now: at(3, 30), leftover: [at(2), at(3)] })).toMatchObject({
      madeUp: [3],
      missed: [{ nominalAt: at(2) }],
    });
  });

  it('makes up for nothing after a run that was cut off, but keeps what is on time', () => {
    expect(plan({ missed: 'all' }, at(1), { now: at(4, 1), isCutOff: true })).toMatchObject({
      onTime: [4],
      madeUp: [],
      missed: [{ nominalAt: at(2) }, { nominalAt: at(3) }],
    });
  });

  it('leaves an instant whose jitter is not over for later', () => {
    const { onTime, consideredUntil } = plan({ jitterMs: 50 * MINUTE }, at(1), { now: at(2) });
    expect([onTime, consideredUntil]).toEqual([[], at(1)]);
    expect(plan({ jitterMs: 50 * MINUTE }, at(1), { now: at(2, 51), missedUntil: at(2) })).toMatchObject({
      onTime: [2],
    });
  });

  it('makes up for nothing where the cap or the window is none', () => {
    expect(plan({ missed: 'all', missedCap: 0 }, at(1), { now: at(4, 30) })).toMatchObject({ madeUp: [] });
    expect(plan({ missed: 'once', missedWindowMs: 0 }, at(1), { now: at(4, 30) })).toMatchObject({
      madeUp: [],
    });
  });
});
