import { describe, expect, it } from 'vitest';
import { type AnyEventObject, createActor, fromPromise, setup, SimulatedClock, toPromise } from 'xstate';
import { agentRunMachine } from '../../../machines/agent-run/machine.ts';
import { noRun } from '../../../machines/agent-run/context.ts';
import type { RunInput, RunOutput } from '../../../machines/agent-run/protocol.ts';
import { taskMachine } from '../../../machines/task/machine.ts';
import type { RecordedTask, RecordRequest } from '../../../machines/task/protocol.ts';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import type { ResolvedAgent } from '../../../src/tasks/agents/kinds.ts';
import type { RecalledMemory, Recollection } from '../../../src/memory/recall/recall.ts';
import type { ClaimedTask } from '../../../src/tasks/rows/claim.ts';
import { fakeAgent, fakeTask, quickLimits } from '../../helpers/agent-fixtures.ts';
import { withResolvers } from '../../helpers/with-resolvers.ts';
import { eventually } from '../../helpers/eventually.ts';

const limits = quickLimits({ recallMs: 2_000, storeRetryMs: 1_000, replyMs: 500 });
const memory: RecalledMemory = {
  id: 'memory:1',
  kind: 'note',
  content: 'c',
  source: 'cli',
  trust: 'owner',
  score: 1,
  createdAt: new Date(0),
};
const goodRun: RunOutput = {
  ...noRun,
  evidence: { ...noRun.evidence, messages: 2, exit: { code: 0, signal: null } },
  text: 'partial',
  progress: 'writing',
};
const done: RecordedTask = { state: 'done', outcome: 'succeeded', reply: 'r' };

interface Parts {
  task?: Partial<ClaimedTask>;
  recall?: () => Promise<Recollection>;
  resolve?: (reprobe: boolean, gaveUp: RunOutput | undefined) => Promise<ResolvedAgent>;
  fallsBack?: (run: RunOutput) => boolean;
  record?: (request: RecordRequest, call: number) => Promise<RecordedTask>;
  reply?: () => Promise<undefined>;
}

const answered: RunOutput = {
  ...goodRun,
  evidence: { ...noRun.evidence, messages: 2, isProven: true },
  endedItself: true,
};

function startTask(parts: Parts = {}) {
  const clock = new SimulatedClock();
  const runs: RunInput[] = [];
  const told: AnyEventObject[] = [];
  const recorded: RecordRequest[] = [];
  const replies: RecordedTask[] = [];
  const progress: string[] = [];
  const partings: RunOutput[] = [];
  /** A run that ends when it is told `run.end` with its output. */
  const run = setup({
    types: { context: {} as { output: RunOutput }, input: {} as RunInput, output: {} as RunOutput },
    actions: { note: ({ event }) => void told.push(event) },
  }).createMachine({
    context: ({ input }) => {
      runs.push(input);
      return { output: { ...goodRun } };
    },
    initial: 'running',
    states: {
      running: {
        on: {
          'run.end': {
            target: 'over',
            actions: ({ context, event }) => void Object.assign(context.output, event['output']),
          },
          'task.*': { actions: 'note' },
        },
      },
      over: { type: 'final' },
    },
    output: ({ context }) => context.output,
  });
  const machine = taskMachine.provide({
    actors: {
      recall: fromPromise(
        parts.recall ?? (() => Promise.resolve({ memories: [memory], degraded: 'by words alone' })),
      ),
      resolveAgent: fromPromise(({ input }) =>
        (parts.resolve ?? (() => Promise.resolve(fakeAgent('good.sh'))))(input.reprobe, input.gaveUp),
      ),
      agentRun: run as unknown as typeof agentRunMachine,
      recordTask: fromPromise(({ input }) => {
        recorded.push(input);
        return (parts.record ?? (() => Promise.resolve(done)))(input, recorded.length);
      }),
      reply: fromPromise(({ input }) => {
        replies.push(input.recorded);
        return (parts.reply ?? (() => Promise.resolve(undefined)))();
      }),
      noteParting: fromPromise(({ input }) => {
        partings.push(input.run);
        return Promise.resolve(undefined);
      }),
    },
    guards: { mayFallBack: (_, run) => parts.fallsBack?.(run) ?? false },
    actions: { announceProgress: (_, words) => void progress.push(words) },
  });
  const task = fakeTask(parts.task);
  const actor = createActor(machine, { clock, input: { task, limits } });
  const output = toPromise(actor);
  output.catch(() => {});
  actor.start();
  const value = () => actor.getSnapshot().value;
  return {
    actor,
    clock,
    task,
    runs,
    told,
    recorded,
    replies,
    progress,
    partings,
    output,
    value,
    reach: (state: string) => eventually(() => expect(value()).toBe(state)),
    endRun: (changes: Partial<RunOutput['evidence']> = {}, others: Partial<RunOutput> = {}) => {
      const child = actor.getSnapshot().children.run as unknown as { send: (event: AnyEventObject) => void };
      const evidence = { ...goodRun.evidence, ...changes };
      child.send({ type: 'run.end', output: { ...goodRun, ...others, evidence } });
    },
  };
}

const never = () => new Promise<never>(() => {});

describe('task machine', () => {
  it('recalls, runs, records and replies', async () => {
    const task = startTask();
    await task.reach('running');
    expect(task.runs).toEqual([
      {
        request: {
          task: task.task,
          agent: fakeAgent('good.sh'),
          memories: [memory],
          degraded: 'by words alone',
          withoutMemories: null,
          resume: null,
        },
        limits,
        steers: [],
      },
    ]);
    task.endRun();
    await expect(task.output).resolves.toEqual({ taskId: 1, ...done });
    expect(task.recorded).toEqual([
      {
        task: task.task,
        agent: fakeAgent('good.sh'),
        memories: [memory],
        withoutMemories: null,
        resumed: null,
        staleSession: false,
        ...goodRun,
      },
    ]);
    expect(task.replies).toEqual([done]);
  });

  it('records and tells an answer once, before its agent has gone, and is done when it has', async () => {
    const task = startTask();
    await task.reach('running');
    task.actor.send({ type: 'run.answered', output: answered });
    await task.reach('parting');
    expect(task.recorded.map(({ evidence }) => evidence)).toEqual([answered.evidence]);
    expect(task.replies).toEqual([done]);
    task.actor.send({ type: 'task.cancel' });
    task.actor.send({ type: 'task.shutdown' });
    expect(task.told).toEqual([{ type: 'task.shutdown' }]);
    task.endRun({ stop: 'lingering' });
    await expect(task.output).resolves.toEqual({ taskId: 1, ...done });
    expect(task.partings.map(({ evidence }) => evidence.stop)).toEqual(['lingering']);
    expect(task.recorded).toHaveLength(1);
    expect(task.replies).toHaveLength(1);
  });

  it('holds an answer while the store is away, though its agent goes meanwhile', async () => {
    const task = startTask({
      record: (_, call) => (call <= 2 ? Promise.reject(new StoreAwayError('away')) : Promise.resolve(done)),
    });
    await task.reach('running');
    task.actor.send({ type: 'run.answered', output: answered });
    await task.reach('holding');
    task.endRun();
    expect(task.value()).toBe('holding');
    task.actor.send({ type: 'database.ready' });
    await eventually(() => expect(task.recorded).toHaveLength(2));
    await task.reach('holding');
    task.actor.send({ type: 'database.ready' });
    await expect(task.output).resolves.toEqual({ taskId: 1, ...done });
    expect(task.recorded.map(({ evidence }) => evidence.isProven)).toEqual([true, true, true]);
    expect(task.replies).toEqual([done]);
  });

  it('goes on without memories when the recall is slow, and says so', async () => {
    const task = startTask({ recall: never });
    task.clock.increment(1_999);
    expect(task.value()).toBe('recalling');
    task.clock.increment(1);
    expect(task.value()).toBe('resolving');
    expect(task.progress).toEqual(['recalling', 'going on without memories: the recall took too long']);
    await task.reach('running');
    expect(task.runs[0]?.request).toMatchObject({
      memories: [],
      withoutMemories: 'the recall took too long',
    });
  });

  it('goes on without memories when the recall fails', async () => {
    const task = startTask({ recall: () => Promise.reject(new StoreAwayError('away')) });
    await task.reach('running');
    expect(task.progress).toEqual(['recalling', 'going on without memories: away']);
    expect(task.runs[0]?.request).toMatchObject({ memories: [], withoutMemories: 'away' });
    task.endRun();
    await task.output;
    expect(task.recorded).toMatchObject([{ withoutMemories: 'away' }]);
  });

  it('probes again for a program that vanished, but only once', async () => {
    const reprobes: boolean[] = [];
    const task = startTask({
      resolve: (reprobe) => {
        reprobes.push(reprobe);
        return Promise.resolve(fakeAgent('good.sh'));
      },
    });
    const spawnFailure = { code: 'ENOENT', message: 'gone' };
    await task.reach('running');
    task.endRun({ spawnFailure });
    await eventually(() => expect(task.runs).toHaveLength(2));
    task.endRun({ spawnFailure });
    await task.output;
    expect(reprobes).toEqual([false, true]);
    expect(task.recorded[0]?.evidence.spawnFailure).toEqual(spawnFailure);
  });

  it('goes on with a fresh agent, once, where one that was started ahead has done nothing', async () => {
    const task = startTask({ task: { resume: 'session-1' } });
    await task.reach('running');
    expect(task.runs[0]?.request.isCold).toBeUndefined();
    task.actor.send({ type: 'task.steer', text: 'and be quick' });
    task.endRun({ messages: 0 }, { lostAhead: true });
    await eventually(() => expect(task.runs).toHaveLength(2));
    expect(task.runs[1]).toMatchObject({
      request: { isCold: true, resume: 'session-1', task: { attempt: 1 } },
      steers: ['and be quick'],
    });
    expect(task.recorded).toEqual([]);
    task.endRun({}, { lostAhead: true });
    await task.output;
    expect(task.runs).toHaveLength(2);
  });

  it('asks for another agent where the one that was to answer could not, in the same attempt', async () => {
    const asked: (RunOutput | undefined)[] = [];
    const second: ResolvedAgent = {
      ...fakeAgent('good.sh'),
      handover: { exchanges: [], omitted: 0 },
      instead: 'the first could not',
    };
    const task = startTask({
      task: { resume: 's1' },
      resolve: (_, gaveUp) => {
        asked.push(gaveUp);
        return Promise.resolve(gaveUp === undefined ? fakeAgent('good.sh') : second);
      },
      fallsBack: ({ evidence }) => evidence.messages === 7,
    });
    await task.reach('running');
    task.endRun({ messages: 7 });
    await eventually(() => expect(task.runs).toHaveLength(2));
    task.endRun({ messages: 2 });
    await task.output;
    expect(asked.map((run) => run?.evidence.messages)).toEqual([undefined, 7]);
    expect(task.recorded).toMatchObject([{ agent: { instead: 'the first could not' }, resumed: null }]);
  });

  it('begins a fresh session once when the old one is stale', async () => {
    const task = startTask({ task: { resume: 'old' } });
    await task.reach('running');
    expect(task.runs[0]?.request.resume).toBe('old');
    task.endRun({ staleSession: true });
    await eventually(() => expect(task.runs).toHaveLength(2));
    expect(task.runs[1]?.request.resume).toBeNull();
    task.endRun({ staleSession: true });
    await task.output;
    expect(task.recorded[0]).toMatchObject({ resumed: null, staleSession: true });
  });

  it('does not begin anew when it was cancelled meanwhile', async () => {
    const task = startTask({ task: { resume: 'old' } });
    await task.reach('running');
    task.endRun({ staleSession: true, stop: 'cancelled' });
    await task.output;
    expect(task.runs).toHaveLength(1);
  });

  it('records a wrong setting without a run', async () => {
    const task = startTask({
      resolve: () =>
        Promise.resolve({
          kind: 'misconfigured',
          path: '/x',
          problem: 'not-executable',
          reason: '/x may not be run',
        }),
    });
    await task.output;
    expect(task.runs).toEqual([]);
    expect(task.recorded[0]?.evidence.spawnFailure).toEqual({ code: 'EACCES', message: '/x may not be run' });
  });

  it('can be cancelled before there is a process', async () => {
    const task = startTask({ recall: never });
    task.actor.send({ type: 'task.cancel' });
    await task.output;
    expect(task.runs).toEqual([]);
    expect(task.recorded[0]?.evidence.stop).toBe('cancelled');
  });

  it('keeps what it is told before the agent runs, and tells a fresh session all of it again', async () => {
    const recalled = withResolvers<Recollection>();
    const task = startTask({ task: { resume: 'old' }, recall: () => recalled.promise });
    task.actor.send({ type: 'task.steer', text: 'left' });
    recalled.resolve({ memories: [], degraded: null });
    await task.reach('running');
    expect(task.runs[0]?.steers).toEqual(['left']);
    task.actor.send({ type: 'task.steer', text: 'right' });
    task.endRun({ staleSession: true });
    await eventually(() => expect(task.runs).toHaveLength(2));
    expect(task.runs[1]?.steers).toEqual(['left', 'right']);
  });

  it('leaves the end of a running agent to the run', async () => {
    const task = startTask();
    await task.reach('running');
    task.actor.send({ type: 'task.steer', text: 'left' });
    task.actor.send({ type: 'task.cancel' });
    task.actor.send({ type: 'task.shutdown' });
    expect(task.told).toEqual([
      { type: 'task.steer', text: 'left' },
      { type: 'task.cancel' },
      { type: 'task.shutdown' },
    ]);
    expect(task.value()).toBe('running');
  });

  it('holds its outcome while the store is away, for as long as that takes', async () => {
    const task = startTask({
      record: (_, call) => (call <= 40 ? Promise.reject(new StoreAwayError('away')) : Promise.resolve(done)),
    });
    await task.reach('running');
    task.endRun();
    await task.reach('holding');
    task.clock.increment(999);
    expect(task.value()).toBe('holding');
    for (let call = 2; call <= 40; call++) {
      task.clock.increment(32_000);
      await eventually(() => expect(task.recorded).toHaveLength(call));
      await task.reach('holding');
    }
    task.actor.send({ type: 'database.ready' });
    await expect(task.output).resolves.toEqual({ taskId: 1, ...done });
  });

  it('records less and less of what Postgres refuses for what it is, and never gives up', async () => {
    const task = startTask({
      record: (_, call) =>
        call <= 12 ? Promise.reject(new Error('invalid byte sequence')) : Promise.resolve(done),
    });
    await task.reach('running');
    task.endRun();
    for (let call = 1; call <= 12; call++) {
      await eventually(() => expect(task.recorded).toHaveLength(call));
      await task.reach('holding');
      task.clock.increment(32_000);
    }
    await expect(task.output).resolves.toEqual({ taskId: 1, ...done });
    expect(task.runs).toHaveLength(1);
    const bare = Array.from({ length: 11 }, () => 'bare');
    expect(task.recorded.map(({ cut }) => cut)).toEqual([undefined, 'plain', ...bare]);
  });

  it('cuts nothing off for an outage', async () => {
    const refuses = new StoreAwayError('read-only', { refused: true });
    const task = startTask({
      record: (_, call) => (call <= 3 ? Promise.reject(refuses) : Promise.resolve(done)),
    });
    await task.reach('running');
    task.endRun();
    for (let call = 1; call <= 3; call++) {
      await eventually(() => expect(task.recorded).toHaveLength(call));
      await task.reach('holding');
      task.clock.increment(32_000);
    }
    await expect(task.output).resolves.toEqual({ taskId: 1, ...done });
    expect(task.recorded.map(({ cut }) => cut)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('does not reply to a task that will be tried again', async () => {
    const queued: RecordedTask = { state: 'queued', outcome: 'crashed', reply: '', reason: 'r' };
    const task = startTask({ record: () => Promise.resolve(queued) });
    await task.reach('running');
    task.endRun();
    await expect(task.output).resolves.toEqual({ taskId: 1, ...queued });
    expect(task.replies).toEqual([]);
  });

  it('is done even when nobody takes the reply', async () => {
    const task = startTask({ reply: never });
    await task.reach('running');
    task.endRun();
    await task.reach('replying');
    task.clock.increment(500);
    await expect(task.output).resolves.toEqual({ taskId: 1, ...done });
  });

  it('fails loudly when its wiring is forgotten', async () => {
    const actor = createActor(taskMachine, { input: { task: fakeTask(), limits } });
    const output = toPromise(actor);
    actor.start();
    await expect(output).rejects.toThrow('was not provided');
  });
});
