import { createActor, toPromise } from 'xstate';
import { createTick } from '../../actors/scheduler/tick.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { HOUR, MINUTE, SECOND } from '../../src/lib/time.ts';
import type { JobDefinition, JobKind } from '../../src/schedule/job.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import type { Measurement } from '../context.ts';
import { percentile } from '../statistics.ts';

const jobCounts = [10, 1_000, 10_000] as const;
const ticks = 400;
/** A cost that grows with the logarithm of the jobs is four times as large at 10,000 as at 10. */
const logarithmic = Math.log2(10_000) / Math.log2(10);

/**
 * What a tick of the scheduler costs, by how many jobs there are: at each one job is due, whose instant is claimed from a
 * store that answers at once, so that the rows cost nothing.
 */
export const tick: Measurement = {
  name: 'tick',
  title: 'a tick of the scheduler',
  async run() {
    const costs: { jobs: number; us: number }[] = [];
    for (const jobs of jobCounts) costs.push({ jobs, us: await costOf(jobs) });
    const [few, , many] = costs;
    return {
      figures: [
        ...costs.map(({ jobs, us }) => ({
          id: `tick.${jobs}`,
          what: `a tick of the scheduler with ${jobs} jobs, p50`,
          value: us,
          unit: 'µs' as const,
        })),
        {
          id: 'tick.many-of-few',
          what: 'a tick with 10,000 jobs over one with 10',
          value: (many?.us ?? Infinity) / (few?.us ?? 1),
          unit: '×' as const,
          target: { sense: '<=' as const, value: logarithmic },
        },
      ],
      wrong: [],
    };
  },
};

const store: Store = {
  query: () => Promise.resolve({ rows: [], rowCount: 0, command: '', oid: 0, fields: [] }),
  transaction: (work) => work(store),
};
const kind: JobKind = {
  name: 'bench',
  list: () => Promise.resolve([]),
  run: () => Promise.resolve({ state: 'done' }),
};

async function costOf(jobs: number): Promise<number> {
  const schedule = createSchedule();
  const begin = Date.UTC(2026, 0, 1);
  let now = begin;
  schedule.begin(new Date(begin));
  for (let n = 0; n < jobs; n += 1)
    schedule.agenda.put(kind, jobOf(n, begin), { cursor: new Date(begin), isCutOff: false });
  const logic = createTick({
    store,
    bus: { emit: () => undefined },
    schedule,
    kinds: [kind],
    worker: '00000000-0000-4000-8000-000000000000',
    isShared: false,
    report: () => undefined,
    now: () => new Date(now),
  });
  const times: number[] = [];
  for (let count = 0; count < ticks; count += 1) {
    now = schedule.agenda.nextDueAt();
    const from = performance.now();
    await toPromise(createActor(logic).start());
    times.push((performance.now() - from) * 1_000);
  }
  return percentile(times, 0.5);
}

/** Spread over the hour, a millisecond apart at least. */
function jobOf(n: number, begin: number): JobDefinition {
  return {
    id: `bench:${n}`,
    label: `${n}`,
    schedule: { kind: 'every', everyMs: HOUR, anchor: new Date(begin + SECOND + ((n * 7_919) % 3_500_000)) },
    paused: false,
    missed: 'once',
    missedWindowMs: HOUR,
    missedCap: 1,
    overlap: 'skip',
    jitterMs: 0,
    timeoutMs: MINUTE,
  };
}
