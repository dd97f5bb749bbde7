import { describe, expect, it, vi } from 'vitest';
import { type AnyEventObject, createActor, fromPromise, setup, SimulatedClock, toPromise } from 'xstate';
import type { taskMachine } from '../../../machines/task/machine.ts';
import type { TaskInput, TaskOutput } from '../../../machines/task/protocol.ts';
import { tasksMachine } from '../../../machines/tasks/machine.ts';
import type {
  Amendment,
  Claim,
  MemoryLook,
  MemoryRequest,
  TasksInput,
  TasksProblem,
  UpkeepReport,
  UpkeepRequest,
} from '../../../machines/tasks/protocol.ts';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import { fakeTask, quickLimits } from '../../helpers/agent-fixtures.ts';
import { withResolvers } from '../../helpers/with-resolvers.ts';
import { eventually } from '../../helpers/eventually.ts';

const limits = quickLimits();
/** Beyond every other timer, since a simulated clock stops at one that sets another. */
const hour = 3_600_000;

interface Parts {
  input?: TasksInput;
  /** Ids in the queue; HUMAN ones are below 100. */
  queue?: number[];
  recover?: () => Promise<undefined>;
  claim?: (humanOnly: boolean, next: () => Claim) => Promise<Claim>;
  tend?: (request: UpkeepRequest) => Promise<UpkeepReport>;
  amend?: (amendment: Amendment) => Promise<Amendment & { changed: boolean }>;
  mayAdmit?: () => boolean;
  lacksMemory?: () => boolean;
  lacksCpu?: () => boolean;
  /** The task that is to be ended, while too much is taken. */
  passed?: () => number | undefined;
}

function startTasks(parts: Parts = {}) {
  const clock = new SimulatedClock();
  const queue = [...(parts.queue ?? [])];
  const told: [number, AnyEventObject][] = [];
  const started: number[] = [];
  const tended: UpkeepRequest[] = [];
  const problems: TasksProblem[] = [];
  const tellings: (number | undefined)[] = [];
  let recoveries = 0;
  let claims = 0;

  const take = (humanOnly: boolean): Claim => {
    queue.sort((a, b) => a - b);
    const at = queue.findIndex((id) => !humanOnly || id < 100);
    const [id] = at < 0 ? [] : queue.splice(at, 1);
    if (id === undefined) return { task: undefined, waitMs: 30_000 };
    const conversation = id >= 2_000 ? `garden ${id}` : null;
    return { task: fakeTask({ id, conversation, priority: id < 100 ? 0 : 3 }), limits };
  };
  /** A task that waits for orders: `task.end` with its output, `task.crash`. */
  const task = setup({
    types: {
      context: {} as { id: number; output: unknown },
      input: {} as TaskInput,
      output: {} as TaskOutput,
    },
    actions: {
      note: ({ context, event }) => void told.push([context.id, event]),
      crash: () => {
        throw new Error('a bug');
      },
    },
  }).createMachine({
    context: ({ input }) => {
      started.push(input.task.id);
      return { id: input.task.id, output: undefined, run: { progress: 'busy', evidence: { messages: 1 } } };
    },
    initial: 'running',
    states: {
      running: {
        on: {
          'task.end': {
            target: 'over',
            actions: ({ context, event }) => void (context.output = event['output']),
          },
          'task.crash': { actions: 'crash' },
          '*': { actions: 'note' },
        },
      },
      over: { type: 'final' },
    },
    output: ({ context }) => context.output as TaskOutput,
  });
  const machine = tasksMachine.provide({
    actors: {
      task: task as unknown as typeof taskMachine,
      recoverTasks: fromPromise(() => {
        recoveries += 1;
        return (parts.recover ?? (() => Promise.resolve(undefined)))();
      }),
      claimTask: fromPromise(({ input: { humanOnly } }) => {
        claims += 1;
        const next = () => take(humanOnly);
        return parts.claim === undefined ? Promise.resolve(next()) : parts.claim(humanOnly, next);
      }),
      tendTasks: fromPromise(({ input }) => {
        tended.push(input);
        return parts.tend?.(input) ?? Promise.resolve({ superseded: [], lost: input.lost });
      }),
      measureMemory: fromPromise<MemoryLook, MemoryRequest>(() => {
        const taskId = parts.passed?.();
        return Promise.resolve({
          memory: new Map(),
          passed: taskId === undefined ? undefined : { taskId },
        });
      }),
      amendTask: fromPromise(
        ({ input }) => parts.amend?.(input) ?? Promise.resolve({ ...input, changed: true }),
      ),
    },
    actions: {
      reportProblem: (_, problem) => void problems.push(problem),
      tellPassed: (_, { passed }) => void tellings.push(passed?.taskId),
    },
    guards: {
      mayAdmit: parts.mayAdmit ?? (() => true),
      lacksMemory: parts.lacksMemory ?? (() => false),
      lacksCpu: parts.lacksCpu ?? (() => false),
    },
  });
  const actor = createActor(machine, { clock, input: { memoryMs: hour, ...parts.input } });
  const ended = toPromise(actor);
  ended.catch(() => {});
  actor.start();
  const child = (id: number) =>
    actor.getSnapshot().children[`task.${id}`] as unknown as { send: (event: AnyEventObject) => void };
  return {
    actor,
    clock,
    queue,
    told,
    started,
    tended,
    problems,
    tellings,
    ended,
    recoveries: () => recoveries,
    claims: () => claims,
    running: () => Object.keys(actor.getSnapshot().context.running).map(Number),
    end: (id: number, state = 'done') => child(id).send({ type: 'task.end', output: { taskId: id, state } }),
    crash: (id: number) => child(id).send({ type: 'task.crash' }),
    runs: (...ids: number[]) =>
      eventually(() => {
        expect(Object.keys(actor.getSnapshot().context.running).map(Number)).toEqual(ids);
        expect(actor.getSnapshot().matches({ serving: { claims: 'claiming' } })).toBe(false);
      }),
    reach: (value: object | string) => eventually(() => expect(actor.getSnapshot().value).toEqual(value)),
  };
}

const idle = { serving: { claims: 'waiting', followUps: {}, memory: 'within', upkeep: 'resting' } };

describe('tasks machine', () => {
  it('fills its lanes, keeps the reserved one for HUMAN, and goes on when a task ends', async () => {
    const tasks = startTasks({ queue: [101, 102, 103, 104] });
    await tasks.runs(101, 102);
    tasks.queue.push(1, 2);
    tasks.actor.send({ type: 'tasks.wake' });
    await tasks.runs(1, 101, 102);
    tasks.end(101);
    await tasks.runs(1, 2, 102);
    tasks.end(1);
    tasks.end(2);
    await tasks.runs(102, 103);
    expect(tasks.started).toEqual([101, 102, 1, 2, 103]);
  });

  it('runs HUMAN only while nothing else may be admitted', async () => {
    let capped = true;
    const tasks = startTasks({ queue: [101, 1], mayAdmit: () => !capped });
    await tasks.runs(1);
    capped = false;
    tasks.actor.send({ type: 'tasks.wake' });
    await tasks.runs(1, 101);
  });

  it('starts nobody for whom there is no memory, and looks again by itself', async () => {
    let isShort = true;
    const tasks = startTasks({ queue: [1, 101], lacksMemory: () => isShort });
    await tasks.reach({ serving: { ...idle.serving, claims: 'shortOfMemory' } });
    tasks.actor.send({ type: 'tasks.wake' });
    await tasks.reach({ serving: { ...idle.serving, claims: 'shortOfMemory' } });
    expect(tasks.claims()).toBe(0);
    isShort = false;
    tasks.clock.increment(250);
    await tasks.runs(1, 101);
  });

  it('starts nobody but HUMAN while as many start as the machine can', async () => {
    let isBusy = true;
    const tasks = startTasks({ queue: [1, 101], lacksCpu: () => isBusy });
    await tasks.reach({ serving: { ...idle.serving, claims: 'shortOfCpu' } });
    expect(tasks.started).toEqual([1]);
    isBusy = false;
    tasks.clock.increment(250);
    await tasks.runs(1, 101);
  });

  it('tells once that too much memory is taken, and ends the largest where that lasts, one at a time', async () => {
    let passed: number | undefined = 102;
    const tasks = startTasks({ queue: [101, 102], passed: () => passed, input: { memoryMs: 1_000 } });
    await tasks.runs(101, 102);
    const look = async (state: string): Promise<void> => {
      tasks.clock.increment(1_000);
      await eventually(() =>
        expect(tasks.actor.getSnapshot().value).toMatchObject({ serving: { memory: state } }),
      );
    };
    await look('passed');
    expect(tasks.tellings).toEqual([102]);
    expect(tasks.told).toEqual([]);
    await look('passed');
    expect(tasks.told).toEqual([[102, { type: 'task.outgrown' }]]);
    passed = 101;
    await look('passed');
    expect(tasks.told.map(([id]) => id)).toEqual([102, 102]);
    tasks.end(102, 'failed');
    await look('passed');
    await look('passed');
    expect(tasks.told.at(-1)).toEqual([101, { type: 'task.outgrown' }]);
    passed = undefined;
    await look('within');
    expect(tasks.tellings).toEqual([102]);
  });

  it('tells the running tasks of conversations of every wake while it serves, and no other task', async () => {
    const tasks = startTasks({ queue: [101, 2_001] });
    await tasks.runs(101, 2_001);
    tasks.told.splice(0);
    tasks.actor.send({ type: 'tasks.wake' });
    expect(tasks.told).toEqual([[2_001, { type: 'task.wake' }]]);
    await tasks.runs(101, 2_001);
    tasks.actor.send({ type: 'child.stop' });
    tasks.actor.send({ type: 'tasks.wake' });
    expect(tasks.told).toHaveLength(1);
  });

  it('leaves nothing behind of the tasks that have ended', async () => {
    const tasks = startTasks();
    await tasks.reach(idle);
    for (let id = 101; id < 1_101; id++) {
      tasks.queue.push(id);
      tasks.actor.send({ type: 'tasks.wake' });
      await vi.waitFor(() => expect(tasks.running()).toEqual([id]), { interval: 1 });
      tasks.end(id);
    }
    await tasks.reach(idle);
    expect(Object.keys(tasks.actor.getSnapshot().children)).toEqual([]);
  });

  it('looks again when it was woken while it was looking', async () => {
    const looking = withResolvers<undefined>();
    const tasks = startTasks({
      claim: async (_, next) => {
        const claim = next();
        await looking.promise;
        return claim;
      },
    });
    await eventually(() => expect(tasks.claims()).toBe(1));
    tasks.queue.push(101);
    tasks.actor.send({ type: 'tasks.wake' });
    looking.resolve(undefined);
    await tasks.runs(101);
  });

  it('looks when the next row is due, without being woken', async () => {
    const tasks = startTasks({ claim: (_, next) => Promise.resolve({ waitMs: 5_000, ...next() }) });
    await tasks.reach(idle);
    tasks.queue.push(101);
    const before = tasks.claims();
    tasks.clock.increment(29_999);
    expect(tasks.claims()).toBe(before);
    tasks.clock.increment(1);
    await tasks.runs(101);
  });

  it('holds while the store is away and goes on when it is back, a waiting record included', async () => {
    let away = false;
    const tasks = startTasks({
      queue: [101],
      claim: (_, next) => (away ? Promise.reject(new StoreAwayError('away')) : Promise.resolve(next())),
    });
    await tasks.runs(101);
    away = true;
    tasks.actor.send({ type: 'tasks.wake' });
    await tasks.reach({ serving: { claims: 'away', followUps: {}, memory: 'within', upkeep: 'resting' } });
    tasks.actor.send({ type: 'tasks.wake' });
    expect(tasks.actor.getSnapshot().matches({ serving: { claims: 'away' } })).toBe(true);
    away = false;
    tasks.queue.push(102);
    tasks.actor.send({ type: 'database.ready' });
    await tasks.runs(101, 102);
    expect(tasks.told).toEqual([[101, { type: 'database.ready' }]]);
    expect(tasks.problems).toEqual([]);
  });

  it('recovers before it claims, again and again until the store is there', async () => {
    let away = true;
    const tasks = startTasks({
      queue: [101],
      recover: () => (away ? Promise.reject(new StoreAwayError('away')) : Promise.resolve(undefined)),
    });
    await tasks.reach('waiting');
    tasks.clock.increment(2_000);
    await tasks.reach('waiting');
    expect(tasks.claims()).toBe(0);
    away = false;
    tasks.actor.send({ type: 'database.ready' });
    await tasks.runs(101);
    expect(tasks.recoveries()).toBe(3);
  });

  it('settles at once the row of a task whose actor failed, and the others run on', async () => {
    const tasks = startTasks({ queue: [101, 102] });
    await tasks.runs(101, 102);
    tasks.crash(101);
    await tasks.runs(102);
    await tasks.reach({ serving: { claims: 'waiting', followUps: {}, memory: 'within', upkeep: 'resting' } });
    expect(tasks.tended).toEqual([{ live: [{ id: 102, attempt: 1, progress: 'busy' }], lost: [101] }]);
    expect(tasks.problems).toEqual([{ during: 'task.101', error: new Error('a bug') }]);
    expect(tasks.actor.getSnapshot().context.lost).toEqual([]);
  });

  it('remembers a lost task until the store has heard of it', async () => {
    let away = true;
    const tasks = startTasks({
      queue: [101],
      tend: ({ lost }) =>
        away ? Promise.reject(new StoreAwayError('away')) : Promise.resolve({ superseded: [], lost }),
    });
    await tasks.runs(101);
    tasks.crash(101);
    await tasks.reach({ serving: { claims: 'waiting', followUps: {}, memory: 'within', upkeep: 'pausing' } });
    away = false;
    tasks.clock.increment(2_000);
    await eventually(() => expect(tasks.actor.getSnapshot().context.lost).toEqual([]));
    expect(tasks.tended).toEqual([
      { live: [], lost: [101] },
      { live: [], lost: [101] },
    ]);
  });

  it('renews leases in time, and ends what belongs to another worker by now', async () => {
    const tasks = startTasks({
      queue: [101, 102],
      tend: () => Promise.resolve({ superseded: [102], lost: [] }),
    });
    await tasks.runs(101, 102);
    tasks.clock.increment(20_000);
    await eventually(() => expect(tasks.told).toEqual([[102, { type: 'task.shutdown' }]]));
    expect(tasks.tended[0]?.live.map(({ id }) => id)).toEqual([101, 102]);
  });

  it('passes cancel and steer on to a task that runs', async () => {
    const tasks = startTasks({ queue: [101] });
    await tasks.runs(101);
    tasks.actor.send({ type: 'task.steer', taskId: 101, text: 'left' });
    tasks.actor.send({ type: 'task.cancel', taskId: 101 });
    tasks.actor.send({ type: 'task.steer', taskId: 102, text: 'right' });
    expect(tasks.told).toEqual([
      [101, { type: 'task.steer', text: 'left' }],
      [101, { type: 'task.cancel' }],
    ]);
    expect(tasks.problems).toEqual([{ during: 'task.102', error: 'it does not run: it cannot be steered' }]);
  });

  it('cancels a queued task in its row, and one that was claimed meanwhile in its actor', async () => {
    const amending = withResolvers<undefined>();
    const amendments: Amendment[] = [];
    const tasks = startTasks({
      amend: async (amendment) => {
        amendments.push(amendment);
        await amending.promise;
        return { ...amendment, changed: amendment.taskId !== 102 };
      },
    });
    await tasks.reach(idle);
    tasks.actor.send({ type: 'task.cancel', taskId: 101 });
    tasks.actor.send({ type: 'task.cancel', taskId: 102 });
    tasks.queue.push(102);
    tasks.actor.send({ type: 'tasks.wake' });
    await tasks.runs(102);
    amending.resolve(undefined);
    await eventually(() => {
      if (tasks.told.length === 0)
        throw new Error(
          JSON.stringify([
            tasks.problems.map((p) => String(p.error)),
            tasks.actor.getSnapshot().value,
            tasks.tended.length,
          ]),
        );
    });
    await eventually(() => expect(tasks.told).toEqual([[102, { type: 'task.cancel' }]]));
    expect(amendments.map(({ taskId, change }) => [taskId, change])).toEqual([
      [101, 'cancel'],
      [102, 'cancel'],
    ]);
    expect(tasks.problems).toEqual([]);
  });

  it('cancels one whose claim is written and not yet told', async () => {
    const claimed = withResolvers<undefined>();
    const tasks = startTasks({
      queue: [101],
      claim: async (_, next) => {
        const claim = next();
        await claimed.promise;
        return claim;
      },
      amend: (amendment) => Promise.resolve({ ...amendment, changed: false }),
    });
    await eventually(() => expect(tasks.claims()).toBe(1));
    tasks.actor.send({ type: 'task.cancel', taskId: 101 });
    tasks.actor.send({ type: 'task.cancel', taskId: 102 });
    await eventually(() =>
      expect(tasks.actor.getSnapshot().context).toMatchObject({ owedCancels: [101, 102] }),
    );
    claimed.resolve(undefined);
    await eventually(() => expect(tasks.told).toEqual([[101, { type: 'task.cancel' }]]));
    // The other was in no queue and is claimed by nobody.
    await tasks.reach(idle);
    expect(tasks.actor.getSnapshot().context).toMatchObject({ owedCancels: [] });
  });

  it('looks for work after a retry, and says when there was nothing to retry', async () => {
    const tasks = startTasks({
      amend: (amendment) => Promise.resolve({ ...amendment, changed: amendment.taskId === 101 }),
    });
    await tasks.reach(idle);
    const before = tasks.claims();
    tasks.actor.send({ type: 'task.retry', taskId: 101 });
    await eventually(() => expect(tasks.claims()).toBeGreaterThan(before));
    tasks.actor.send({ type: 'task.retry', taskId: 102 });
    await eventually(() =>
      expect(tasks.problems).toEqual([{ during: 'task.102', error: 'there was nothing to retry' }]),
    );
    expect(Object.keys(tasks.actor.getSnapshot().children)).toEqual([]);
  });

  it('runs more at once as soon as the owner adds a lane', async () => {
    const tasks = startTasks({ queue: [101, 102, 103] });
    await tasks.runs(101, 102);
    tasks.actor.send({ type: 'tasks.lanes', lanes: 4, reservedForHuman: 1 });
    await tasks.runs(101, 102, 103);
  });

  it('stops claiming, lets the running ones end, and is stopped then', async () => {
    const tasks = startTasks({ queue: [101, 102, 103] });
    await tasks.runs(101, 102);
    tasks.actor.send({ type: 'child.stop' });
    expect(tasks.actor.getSnapshot().value).toBe('draining');
    tasks.end(101);
    expect(tasks.told).toEqual([]);
    tasks.end(102);
    await tasks.ended;
    expect(tasks.queue).toEqual([103]);
  });

  it('sends running tasks back to the queue at the drain limit', async () => {
    const tasks = startTasks({ queue: [101] });
    await tasks.runs(101);
    tasks.actor.send({ type: 'child.stop' });
    tasks.clock.increment(9_999);
    expect(tasks.told).toEqual([]);
    tasks.clock.increment(1);
    expect(tasks.told).toEqual([[101, { type: 'task.shutdown' }]]);
    expect(tasks.actor.getSnapshot().value).toBe('draining');
    tasks.end(101, 'queued');
    await tasks.ended;
  });

  it('does not wait for the limit when it is told twice', async () => {
    const tasks = startTasks({ queue: [101] });
    await tasks.runs(101);
    tasks.actor.send({ type: 'child.stop' });
    tasks.actor.send({ type: 'child.stop' });
    expect(tasks.told).toEqual([[101, { type: 'task.shutdown' }]]);
  });

  it('starts what was being claimed at the stop, so that its row is not left alone', async () => {
    const claiming = withResolvers<undefined>();
    const tasks = startTasks({
      queue: [101, 102],
      claim: async (_, next) => {
        await claiming.promise;
        return next();
      },
    });
    await eventually(() => expect(tasks.claims()).toBe(1));
    tasks.actor.send({ type: 'child.stop' });
    claiming.resolve(undefined);
    await tasks.reach('draining');
    expect(tasks.running()).toEqual([101]);
    tasks.end(101);
    await tasks.ended;
    expect(tasks.queue).toEqual([102]);
  });

  it('fails loudly when its wiring is forgotten', async () => {
    const actor = createActor(tasksMachine.provide({ actions: { reportProblem: () => {} } }), { input: {} });
    const problems: unknown[] = [];
    const loud = tasksMachine.provide({
      actions: { reportProblem: (_, problem) => void problems.push(problem) },
    });
    const other = createActor(loud, { input: {} }).start();
    await eventually(() =>
      expect(problems).toEqual([
        { during: 'recovery', error: new Error('tasks machine: "recoverTasks" was not provided') },
      ]),
    );
    other.stop();
    actor.stop();
  });
});
