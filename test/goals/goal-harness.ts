import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBus } from '../../src/bus.ts';
import { goalSchema } from '../../src/goals/definition.ts';
import { addGoal } from '../../src/goals/keep/keep-goal.ts';
import type { Goal } from '../../src/goals/rows/goals.ts';
import { jobIdOf } from '../../src/goals/rows/history.ts';
import type { RunDeps } from '../../src/goals/run/run-goal.ts';
import { createProgramRunner } from '../../src/lib/process/run-program.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { eventKey } from '../../src/lib/wire/event-key.ts';
import { PRIORITIES } from '../../src/lib/wire/priority.ts';
import type { NewEvent } from '../../src/lib/wire/put-event.ts';
import { tellOwner } from '../../src/tasks/tell-owner.ts';
import type { Fire } from '../../src/schedule/job.ts';

/** All tables that runs of goals write to. */
export const goalTables = [
  'goals',
  'job_fires',
  'events',
  'tasks',
  'self_tasks',
  'owner_notices',
  'deliveries',
  'delivery_channels',
  'activity_log',
] as const;

/** What an agent makes of the task of a run; undefined leaves it at work. */
export type Answer = { reply: string } | { failed: string } | undefined;

/** Runs of goals on a real store with real programs; lines go to a stand-in for pipe, router and agent. */
export function goalHarness(store: Store, at = new Date('2026-11-28T12:00:00Z')) {
  let now = at;
  let answer: Answer = { reply: 'done' };
  let eventId = 0;
  const lines: NewEvent[] = [];
  const cancelled: number[] = [];
  const told: string[] = [];
  const bus = createBus((thrown) => {
    throw thrown;
  });
  bus.on('owner.told', ({ text }) => told.push(text));
  const listeners = new Set<() => void>();
  const wake = () => listeners.forEach((listener) => listener());

  /** Records an event as the router would, once for each key. */
  async function put(event: NewEvent, dedupKey: string): Promise<void> {
    lines.push(event);
    const payload = event.payload as { text: string };
    const isTask = event.source.startsWith('goal:');
    const { rowCount } = await store.query({
      text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status, dedup_key)
             VALUES ($1, $2, $3, $4, $5, $6, $6, $7, 'goal', $8, $9) ON CONFLICT DO NOTHING`,
      values: [
        (eventId += 1),
        PRIORITIES.indexOf(event.priority),
        event.source,
        event.category,
        JSON.stringify(event.payload),
        now,
        isTask ? 'task' : 'reflex:record',
        isTask ? 'task' : 'done',
        eventKey(event.source, dedupKey),
      ],
    });
    if (rowCount === 1 && isTask) {
      await store.query({
        text: `INSERT INTO tasks (event_id, priority, source, category, prompt, state, run_after, queued_at, started_at, worker, lease_until)
               VALUES ($1, 3, $2, $3, $4, 'running', $5, $5, $5, $6, $5)`,
        values: [eventId, event.source, event.category, payload.text, now, randomUUID()],
      });
      if (answer !== undefined) await end(answer);
    }
    wake();
  }

  /** Ends every running task so. */
  async function end(outcome: NonNullable<Answer>, state?: string): Promise<void> {
    const isDone = 'reply' in outcome;
    const ended = state ?? (isDone ? 'done' : 'failed');
    await store.query({
      text: `WITH ended AS (
               UPDATE tasks SET state = $1, outcome = $1, reply = $2, reason = $3, finished_at = $4, worker = NULL, lease_until = NULL
                WHERE state = 'running' RETURNING event_id)
             UPDATE events SET status = $5, reply = $2, reason = $3 FROM ended WHERE id = event_id`,
      values: [
        ended,
        isDone ? outcome.reply : null,
        isDone ? null : outcome.failed,
        now,
        isDone ? 'done' : 'failed',
      ],
    });
    wake();
  }

  const folder = mkdtempSync(join(tmpdir(), 'ninjad-goals-'));
  const deps: RunDeps = {
    store,
    bus,
    writer: { putAccepted: put },
    commands: {
      programs: createProgramRunner({
        worker: randomUUID(),
        containment: { tier: 'marker', base: null, reason: 'a test' },
        strays: { begin: () => undefined, claims: () => () => false, end: () => undefined },
        folder,
        graceMs: () => 200,
      }),
      folder,
      userHome: folder,
      env: { LANG: 'C', SECRET_TOKEN: 'not for commands' },
    },
    cancelTask: (taskId) => {
      cancelled.push(taskId);
      void end({ failed: 'cancelled' }, 'cancelled');
    },
    onProgress(_, listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tellOwner,
    now: () => now,
  };

  return {
    deps,
    bus,
    lines,
    cancelled,
    told,
    folder,
    end,
    answerWith: (next: Answer) => {
      answer = next;
    },
    setNow: (next: Date) => {
      now = next;
    },
    add: (input: Record<string, unknown>): Promise<Goal> =>
      store.transaction((tx) =>
        addGoal(
          tx,
          goalSchema.parse({ name: 'report', when: 'every day at 9', prompt: 'look around', ...input }),
          { caller: { by: 'cli' }, maker: { by: 'cli', trust: 'owner' }, now },
        ),
      ),
    /** Claims an instant as the scheduler does. */
    async fire(goal: Goal): Promise<Fire> {
      const { rows } = await store.query<{ id: number; nominalAt: Date }>({
        text: `INSERT INTO job_fires (job_id, kind, nominal_at, state, worker, claimed_at, due_at, started_at)
               SELECT $1, 'goal', $2::timestamptz + make_interval(secs => count(*)), 'running', $3, $2, $2, $2 FROM job_fires
               RETURNING id, nominal_at AS "nominalAt"`,
        values: [jobIdOf(goal.id), now, randomUUID()],
      });
      const [row] = rows;
      if (row === undefined) throw new Error('the fire was not claimed');
      return { id: row.id, jobId: jobIdOf(goal.id), nominalAt: row.nominalAt, startedAt: now, byHand: false };
    },
  };
}
