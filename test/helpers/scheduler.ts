import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { createActor, SimulatedClock } from 'xstate';
import { createBus } from '../../src/bus.ts';
import { StoreAwayError } from '../../src/lib/errors.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { HOUR, MINUTE } from '../../src/lib/time.ts';
import type { Fire, FireEnd, JobDefinition, JobKind, StopCause } from '../../src/schedule/job.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import { schedulerLogic } from '../../src/wiring/scheduler.ts';

/** A job with the usual policies: every day at nine in Berlin. */
export function testJob(id: string, changes: Partial<JobDefinition> = {}): JobDefinition {
  return {
    id,
    label: id,
    schedule: { kind: 'cron', cron: '0 9 * * *', zone: 'Europe/Berlin' },
    paused: false,
    missed: 'once',
    missedWindowMs: 24 * HOUR,
    missedCap: 10,
    overlap: 'skip',
    jitterMs: 0,
    timeoutMs: 10 * MINUTE,
    ...changes,
  };
}

/** Time that a test moves: a clock that cannot jump, and a wall clock that can. */
export function simulatedTime(begin: string) {
  const clock = new SimulatedClock();
  let wall = new Date(begin).getTime();
  const alarms: number[] = [];
  return {
    clock,
    now: () => new Date(wall + clock.now()),
    /** Sets the wall clock forward, or back; a machine that sleeps wakes up with such a jump. */
    jump: (ms: number) => void (wall += ms),
    at(ms: number, callback: () => void) {
      alarms.push(clock.now() + ms);
      clock.setTimeout(callback, ms);
    },
    untilAlarm: () => Math.min(...alarms.filter((alarm) => alarm > clock.now())) - clock.now(),
  };
}

export type SimulatedTime = ReturnType<typeof simulatedTime>;

/** A run that a test kind was asked for. */
export interface TestRun {
  fire: Fire;
  isResumed: boolean;
  at: Date;
  causes: StopCause[];
  end: (end: FireEnd) => void;
}

interface TestKindOptions {
  name?: string;
  jobs?: readonly JobDefinition[];
  /** How long a run lasts by the simulated clock; undefined: until the test ends it. Default: it ends at once. */
  lastsMs?: (fire: Fire) => number | undefined;
  canResume?: boolean;
  /** Its runs go on whatever they are told. */
  isDeaf?: boolean;
  concurrency?: number;
}

/** A kind of jobs whose runs the test sees, and may end. */
export function testKind(time: SimulatedTime, options: TestKindOptions = {}) {
  const { name = 'test', lastsMs = () => 0, canResume = false, isDeaf = false, concurrency } = options;
  const runs: TestRun[] = [];
  const begin = (isResumed: boolean) => (fire: Fire, signal: AbortSignal) =>
    new Promise<FireEnd>((resolve) => {
      const causes: StopCause[] = [];
      runs.push({ fire, isResumed, at: time.now(), causes, end: resolve });
      signal.addEventListener('abort', () => {
        causes.push(signal.reason as StopCause);
        if (!isDeaf) resolve({ state: 'failed', reason: 'told to stop' });
      });
      const ms = lastsMs(fire);
      if (ms === 0) resolve({ state: 'done' });
      else if (ms !== undefined) time.at(ms, () => resolve({ state: 'done' }));
    });
  const it = {
    name,
    jobs: [...(options.jobs ?? [])],
    runs,
    list: () => Promise.resolve(it.jobs),
    run: begin(false),
    ...(canResume && { resume: begin(true) }),
    ...(concurrency !== undefined && { concurrency }),
  };
  return it satisfies JobKind;
}

/** A store that can be taken away. */
export function switchableStore(store: Store): Store & { isAway: boolean } {
  const it: Store & { isAway: boolean } = {
    isAway: false,
    query: (statement) =>
      it.isAway ? Promise.reject(new StoreAwayError('taken away')) : store.query(statement),
    transaction: (work) =>
      it.isAway ? Promise.reject(new StoreAwayError('taken away')) : store.transaction(work),
  };
  return it;
}

interface SchedulerOptions {
  store: Store;
  time: SimulatedTime;
  kinds: readonly JobKind[];
  worker?: string;
  isShared?: boolean;
  longestRestMs?: number;
}

/** A scheduler on simulated time, its rows in a real store. */
export function startScheduler(options: SchedulerOptions) {
  const { store, time, kinds, worker = randomUUID(), isShared = false, longestRestMs } = options;
  const problems: string[] = [];
  const bus = createBus((thrown) => problems.push(String(thrown)));
  const schedule = createSchedule(() => time.clock.now());
  const note = (about: unknown, message = '') => {
    const { err } = about as { err?: Error };
    problems.push(err === undefined ? message : `${message} (${err.message})`);
  };
  const logic = schedulerLogic(
    {
      database: { store, input: { kind: isShared ? 'server' : 'embedded' } },
      bus,
      journal: { uuid: worker },
      schedule,
      log: { warn: note, error: note },
    },
    kinds,
    { now: time.now, ...(longestRestMs !== undefined && { longestRestMs }) },
  );
  const actor = createActor(logic, { clock: time.clock, input: { drainMs: 5_000 } });
  let restingSince = 0;
  let wasResting = false;
  actor.subscribe((snapshot) => {
    const isResting = snapshot.matches({ serving: 'resting' });
    if (isResting && !wasResting) restingSince = time.clock.now();
    wasResting = isResting;
  });
  actor.start();
  const isBusy = (): boolean => {
    const { value, children, status } = actor.getSnapshot();
    if (status !== 'active') return false;
    const words = JSON.stringify(value);
    if (words.includes('looking') || words.includes('ticking')) return true;
    return Object.values(children).some(
      (child) =>
        child?.src === 'fire' &&
        JSON.stringify((child.getSnapshot() as { value: unknown }).value).includes('asking'),
    );
  };
  return {
    actor,
    bus,
    schedule,
    problems,
    worker,
    isBusy,
    /** Until the machine's own timer. */
    untilTick(): number {
      const { context, status } = actor.getSnapshot();
      if (status !== 'active') return Infinity;
      return wasResting ? Math.max(0, restingSince + context.restMs - time.clock.now()) : 2_000;
    },
    /** An orderly stop, with all that runs told to end. */
    stop: () => actor.send({ type: 'child.stop' }),
    /** An end as by SIGKILL: nothing more is written. */
    kill: () => actor.stop(),
  };
}

export type TestScheduler = ReturnType<typeof startScheduler>;

/** Waits until nothing is under way but what waits for time. */
export async function settle(...schedulers: readonly TestScheduler[]): Promise<void> {
  for (let calm = 0; calm < 3; calm += 1) {
    await setImmediate();
    if (schedulers.some(({ isBusy }) => isBusy())) calm = -1;
  }
}

/** Lets simulated time pass, from one timer to the next. */
export async function pass(
  time: SimulatedTime,
  ms: number,
  ...schedulers: readonly TestScheduler[]
): Promise<void> {
  const end = time.clock.now() + Math.round(ms);
  for (;;) {
    await settle(...schedulers);
    const left = end - time.clock.now();
    if (left <= 0) return;
    time.clock.increment(
      Math.min(left, time.untilAlarm(), ...schedulers.map((scheduler) => scheduler.untilTick())),
    );
  }
}

/** The fires of a job, oldest instant first, in the words of a test: `09:00 done`. */
export async function firesOf(store: Store, jobId: string): Promise<string[]> {
  const { rows } = await store.query<{ nominalAt: Date; state: string }>({
    text: `SELECT nominal_at AS "nominalAt", state FROM job_fires WHERE job_id = $1 ORDER BY nominal_at`,
    values: [jobId],
  });
  return rows.map(({ nominalAt, state }) => `${nominalAt.toISOString().slice(0, 16)} ${state}`);
}
