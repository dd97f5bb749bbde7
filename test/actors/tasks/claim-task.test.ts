import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createActor, toPromise } from 'xstate';
import { createClaimTask } from '../../../actors/tasks/claim-task.ts';
import type { Store } from '../../../src/lib/store/store.ts';
import { quickLimits } from '../../helpers/agent-fixtures.ts';
import { useDatabase } from '../../helpers/use-database.ts';
import { queueTask, taskRow } from './tasks-harness.ts';

const { store } = useDatabase('tasks', 'events', 'conversations');

function claim({
  humanOnly = false,
  now = () => new Date(),
  on = store,
  isStalled = (): boolean => false,
} = {}) {
  const logic = createClaimTask({
    store: on,
    bus: { emit: () => {} },
    worker: randomUUID(),
    leaseMs: 60_000,
    limitsFor: () => quickLimits(),
    isStalled,
    now,
  });
  const actor = createActor(logic, { input: { humanOnly, busy: [] } });
  const output = toPromise(actor);
  actor.start();
  return output;
}

describe('claiming a task', () => {
  it('takes the most urgent, then the oldest, and leases it', async () => {
    const [low, high, second] = [
      await queueTask(store, { priority: 4 }),
      await queueTask(store, { priority: 1 }),
      await queueTask(store, { priority: 1 }),
    ];
    expect((await claim()).task?.id).toBe(high);
    expect((await claim()).task).toMatchObject({ id: second, attempt: 1, resume: null });
    expect((await claim()).task?.id).toBe(low);
    expect(await claim()).toEqual({ task: undefined, waitMs: 30_000 });
    const { lease_until: lease, state } = await taskRow(store, low);
    expect(state).toBe('running');
    expect((lease as Date).getTime() - Date.now()).toBeGreaterThan(50_000);
  });

  it('takes HUMAN ones only when told so', async () => {
    await queueTask(store, { priority: 1 });
    expect((await claim({ humanOnly: true })).task).toBeUndefined();
    const human = await queueTask(store, { priority: 0 });
    expect((await claim({ humanOnly: true })).task?.id).toBe(human);
  });

  it('starts none while the event loop is late, and looks again soon', async () => {
    const id = await queueTask(store, { priority: 0 });
    expect(await claim({ isStalled: () => true })).toEqual({ task: undefined, waitMs: 250 });
    expect(await taskRow(store, id)).toMatchObject({ state: 'queued', attempts: 0 });
    expect((await claim()).task?.id).toBe(id);
  });

  it('says when the next one is due', async () => {
    const id = await queueTask(store);
    const at = new Date();
    await store.query({
      text: 'UPDATE tasks SET run_after = $2 WHERE id = $1',
      values: [id, new Date(at.getTime() + 700)],
    });
    expect(await claim({ now: () => at })).toEqual({ task: undefined, waitMs: 700 });
  });

  it('does not sleep over a task that becomes due between its two looks', async () => {
    const id = await queueTask(store);
    let at = Date.now();
    await store.query({
      text: 'UPDATE tasks SET run_after = $2 WHERE id = $1',
      values: [id, new Date(at + 5)],
    });
    const found = await claim({ now: () => new Date((at += 10) - 10) });
    expect(found.task === undefined && found.waitMs).toBe(5);
  });

  it.each([-2 * 60 * 60_000, -400 * 24 * 60 * 60_000, -1])(
    'takes what is due at once, in order, by a clock that has gone back by %d ms',
    async (jumpMs) => {
      const waiting = [await queueTask(store, { priority: 0 }), await queueTask(store, { priority: 0 })];
      const back = () => new Date(Date.now() + jumpMs);
      const later = await queueTask(store, { priority: 0 });
      await store.query({
        text: 'UPDATE tasks SET run_after = $2, queued_at = $2 WHERE id = $1',
        values: [later, back()],
      });
      const claimed = [await claim({ now: back }), await claim({ now: back }), await claim({ now: back })];
      expect(claimed.map(({ task }) => task?.id)).toEqual([...waiting, later]);
    },
  );

  it('waits for no retry longer than its policy does, and for money till its day', async () => {
    const at = Date.now();
    const [retry, money] = [await queueTask(store, { priority: 0 }), await queueTask(store, { priority: 1 })];
    await store.query({
      text: `UPDATE tasks SET run_after = $2, waits_from = $3, attempts = 1,
                    outcome = CASE WHEN id = $1 THEN 'crashed' ELSE 'over-budget' END`,
      values: [retry, new Date(at + 60_000), new Date(at)],
    });
    expect(await claim({ now: () => new Date(at + 1_000) })).toEqual({ task: undefined, waitMs: 30_000 });
    const back = () => new Date(at - 60 * 60_000);
    expect((await claim({ now: back })).task?.id).toBe(retry);
    expect((await claim({ now: back })).task).toBeUndefined();
    expect((await claim({ now: () => new Date(at + 60_000) })).task?.id).toBe(money);
  });

  it('goes on to another conversation when it loses the race for one', async () => {
    const ids = [
      await queueTask(store, { conversation: 'a' }),
      await queueTask(store, { conversation: 'b' }),
    ];
    let lost = false;
    const racing: Store = {
      ...store,
      query: async (statement) => {
        if (!lost && statement.name === 'tasks-claim') {
          lost = true;
          throw Object.assign(new Error('duplicate key'), {
            code: '23505',
            constraint: 'tasks_one_running_a_conversation',
          });
        }
        return store.query(statement);
      },
    };
    expect((await claim({ on: racing })).task?.id).toBe(ids[0]);
  });

  it('goes on with the session of its conversation, unless that has rested for a week', async () => {
    const session = randomUUID();
    const at = new Date(Date.now() + 1_000);
    const daysAgo = (days: number) => new Date(at.getTime() - days * 24 * 60 * 60_000);
    for (const [conversation, days] of [
      ['fresh', 6.9],
      ['rested', 7.1],
    ] as const) {
      await queueTask(store, { conversation });
      await store.query({
        text: 'INSERT INTO conversations (id, session_id, created_at, last_used_at) VALUES ($1, $2, $3, $3)',
        values: [conversation, session, daysAgo(days)],
      });
    }
    expect((await claim({ now: () => at })).task).toMatchObject({ conversation: 'fresh', resume: session });
    expect((await claim({ now: () => at })).task).toMatchObject({ conversation: 'rested', resume: null });
  });

  it('is stopped by the schema itself from running a conversation twice', async () => {
    const first = await queueTask(store, { conversation: 'a' });
    const second = await queueTask(store, { conversation: 'a' });
    await claim();
    const twice = store.query({
      text: `UPDATE tasks SET state = 'running', worker = $2, lease_until = now() WHERE id = $1`,
      values: [second, randomUUID()],
    });
    await expect(twice).rejects.toMatchObject({
      code: '23505',
      constraint: 'tasks_one_running_a_conversation',
    });
    expect(await taskRow(store, first)).toMatchObject({ state: 'running' });
  });
});
