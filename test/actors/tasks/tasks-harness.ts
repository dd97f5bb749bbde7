import { createAgentBench } from '../../../src/tasks/agents/bench.ts';
import { handoverOf } from '../../../src/tasks/rows/exchanges.ts';
import { agentDirectory } from '../../helpers/agent-directory.ts';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { createActor, fromPromise, toPromise } from 'xstate';
import { createAgentProcess } from '../../../actors/tasks/agent-process.ts';
import { createAmendTask } from '../../../actors/tasks/amend-task.ts';
import { createClaimTask } from '../../../actors/tasks/claim-task.ts';
import { createNoteParting } from '../../../actors/tasks/note-parting.ts';
import { createRecordTask } from '../../../actors/tasks/record-task.ts';
import {
  createNoteProcess,
  createRecallForTask,
  createReply,
  createResolveAgent,
  createTerminate,
} from '../../../actors/tasks/run-steps.ts';
import { createRecoverTasks, createTendTasks } from '../../../actors/tasks/upkeep.ts';
import { createTakeFollowUps } from '../../../actors/tasks/take-follow-ups.ts';
import { agentRunMachine } from '../../../machines/agent-run/machine.ts';
import { followUpsMachine } from '../../../machines/follow-ups/machine.ts';
import { taskMachine } from '../../../machines/task/machine.ts';
import { tasksMachine } from '../../../machines/tasks/machine.ts';
import type { TasksEvent } from '../../../machines/tasks/board.ts';
import type {
  MemoryLook,
  MemoryRequest,
  TasksInput,
  TasksProblem,
} from '../../../machines/tasks/protocol.ts';
import type { TaskLimits } from '../../../src/tasks/run/limits.ts';
import { taskMarkerName } from '../../../src/lib/process/marker.ts';
import type { RetryPolicy } from '../../../src/tasks/run/retry.ts';
import { type BusFacts, createBus } from '../../../src/bus.ts';
import { findMarked } from '../../../src/lib/process/find-marked.ts';
import type { AgentResolution } from '../../../src/tasks/agents/resolution.ts';
import type { Recall } from '../../../src/memory/recall/recall.ts';
import type { Store } from '../../../src/lib/store/store.ts';
import { type ClaimedTask, type ClaimOptions, claimTask } from '../../../src/tasks/rows/claim.ts';
import { fakeAgent, quickLimits } from '../../helpers/agent-fixtures.ts';
import { recallerOn } from '../../helpers/recall.ts';

export interface WorkerOptions {
  store: Store;
  /** Which agent a task gets; by default the good one. */
  agent?: () => AgentResolution;
  worker?: string;
  limits?: Partial<TaskLimits>;
  retry?: Partial<RetryPolicy>;
  input?: TasksInput;
  leaseMs?: number;
  /** By default the real one on the store. */
  recall?: Recall;
}

type Ended = BusFacts['task.ended'];

/** A whole worker: everything real but the agent. */
export function startWorker({ store, worker = randomUUID(), leaseMs = 60_000, ...options }: WorkerOptions) {
  const cwd = mkdtempSync(join(tmpdir(), 'ninjad-tasks-'));
  const bus = createBus((thrown) => {
    throw thrown;
  });
  const ended: Ended[] = [];
  const states: [number, string][] = [];
  const progress: string[] = [];
  const problems: TasksProblem[] = [];
  bus.on('task.ended', (fact) => ended.push(fact));
  bus.on('task.state', ({ taskId, state }) => states.push([taskId, state]));
  bus.on('task.progress', (fact) => progress.push(fact.progress));

  const resolve = () => Promise.resolve((options.agent ?? (() => fakeAgent('good.sh')))());
  const retryPolicy = (): RetryPolicy => ({
    maxAttempts: 3,
    minMs: 10,
    factor: 1,
    maxMs: 10,
    ...options.retry,
  });
  const upkeep = { store, bus, worker, leaseMs, killGraceMs: () => 300, retryPolicy };
  const agentRun = agentRunMachine.provide({
    actors: {
      agentProcess: createAgentProcess({
        folder: () => '/nonexistent',
        env: process.env,
        cwd,
        settings: () => ({}),
      }),
      noteProcess: createNoteProcess(store),
      terminate: createTerminate(),
      followUps: followUpsMachine.provide({
        actors: { takeFollowUps: createTakeFollowUps({ store, bus }) },
        actions: {
          reportFailure: (_, { error }) => void problems.push({ during: 'follow-ups', error }),
        },
      }),
    },
    actions: {
      announceText: () => {},
      announceEntries: () => {},
      announceProgress: ({ context: { request }, event }) => {
        if (event.type !== 'agent.progress') return;
        const { id: taskId, eventId } = request.task;
        bus.emit('task.progress', { taskId, eventId, progress: event.progress });
      },
    },
  });
  const task = taskMachine.provide({
    actors: {
      agentRun,
      recall: createRecallForTask(options.recall ?? recallerOn(store).recall),
      resolveAgent: createResolveAgent({
        agents: agentDirectory(resolve),
        bench: createAgentBench(),
        fallback: () => undefined,
        handoverOf: (conversation, before) => handoverOf(store, conversation, before),
      }),
      recordTask: createRecordTask({ store, bus, retryPolicy }),
      reply: createReply(bus),
      noteParting: createNoteParting(store),
    },
    guards: { mayFallBack: () => false },
    actions: { announceProgress: (_, words) => void progress.push(words) },
  });
  const machine = tasksMachine.provide({
    actors: {
      task,
      recoverTasks: createRecoverTasks(upkeep),
      claimTask: createClaimTask({ ...upkeep, limitsFor: () => quickLimits(options.limits) }),
      tendTasks: createTendTasks(upkeep),
      amendTask: createAmendTask({ store, bus }),
      measureMemory: fromPromise<MemoryLook, MemoryRequest>(() =>
        Promise.resolve({ memory: new Map(), passed: undefined }),
      ),
    },
    actions: { reportProblem: (_, problem) => void problems.push(problem), tellPassed: () => {} },
    guards: { mayAdmit: () => true, lacksMemory: () => false, lacksCpu: () => false },
  });
  const actor = createActor(machine, { input: options.input ?? {} });
  const stopped = toPromise(actor);
  stopped.catch(() => {});
  actor.start();

  return {
    actor,
    bus,
    worker,
    ended,
    states,
    progress,
    problems,
    send: (event: TasksEvent) => actor.send(event),
    running: () => Object.keys(actor.getSnapshot().context.running).map(Number),
    survivors: () => findMarked(taskMarkerName, `${worker}:`),
    ends: (taskId: number) =>
      vi.waitFor(
        () => {
          const fact = ended.find((known) => known.taskId === taskId);
          if (fact === undefined) throw new Error(`task ${taskId} has not ended: ${JSON.stringify(states)}`);
          return fact;
        },
        { timeout: 30_000 },
      ),
    /** Ends everything in order and proves that no process is left. */
    async stop() {
      if (actor.getSnapshot().status === 'active') {
        actor.send({ type: 'child.stop' });
        if (!actor.getSnapshot().matches('stopped')) actor.send({ type: 'child.stop' });
        await stopped;
      }
      rmSync(cwd, { recursive: true, force: true });
      expect(await findMarked(taskMarkerName, `${worker}:`)).toEqual([]);
    },
  };
}

export interface QueuedTask {
  priority?: number;
  conversation?: string | null;
  prompt?: string;
  source?: string;
  category?: string;
  /** The conversation to begin from. */
  forkOf?: string | null;
  replyTo?: string | null;
}

let nextEventId = 1_000;

/** An event and its queued task, as the router makes them; returns the task's id. */
export async function queueTask(store: Store, task: QueuedTask = {}): Promise<number> {
  const { priority = 3, conversation = null, prompt = 'hello', source = 'cli' } = task;
  const { category = 'ask', forkOf = null, replyTo = null } = task;
  const eventId = nextEventId++;
  const now = new Date();
  await store.query({
    text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
           VALUES ($1, $2, $3, 'ask', $4, $5, $5, 'task', 'default', 'task')`,
    values: [eventId, priority, source, prompt, now],
  });
  const { rows } = await store.query<{ id: number }>({
    text: `INSERT INTO tasks (event_id, priority, source, category, conversation, prompt, fork_of, run_after, queued_at, reply_to)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9) RETURNING id`,
    values: [eventId, priority, source, category, conversation, prompt, forkOf, now, replyTo],
  });
  return rows[0]?.id ?? 0;
}

/** Claims the next task, which has to be there; by default for a worker of its own, with a lease of a minute. */
export async function claimNext(
  store: Store,
  {
    worker = randomUUID(),
    now = new Date(),
    leaseMs = 60_000,
  }: Partial<Omit<ClaimOptions, 'humanOnly'>> = {},
): Promise<ClaimedTask> {
  const task = await claimTask(store, { worker, now, leaseMs, humanOnly: false });
  if (task === undefined) throw new Error('nothing was claimed');
  return task;
}

/** A task's row with the state of its event. */
export async function taskRow(store: Store, id: number): Promise<Record<string, unknown>> {
  const { rows } = await store.query({
    text: `SELECT tasks.*, tasks.cost_usd::float8 AS cost, events.status AS event_status, events.reason AS event_reason
             FROM tasks JOIN events ON events.id = event_id WHERE tasks.id = $1`,
    values: [id],
  });
  return rows[0] ?? {};
}
