import { describe, expect, it } from 'vitest';
import { mayJoin, takeFollowUps } from '../../../src/tasks/run/follow-ups.ts';
import { type ClaimedTask } from '../../../src/tasks/rows/claim.ts';
import { settleSteered } from '../../../src/tasks/rows/steered.ts';
import { claimNext, type QueuedTask, queueTask, taskRow } from '../../actors/tasks/tasks-harness.ts';
import { fakeTask } from '../../helpers/agent-fixtures.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('tasks', 'events');

/** A running task of the garden. */
async function runningHost(task: QueuedTask = {}): Promise<ClaimedTask> {
  await queueTask(store, { conversation: 'garden', ...task });
  return claimNext(store);
}
const take = (host: ClaimedTask, handed: number[] = []) => takeFollowUps(store, { host, handed }, new Date());
const idsOf = (messages: { id: number }[]) => messages.map(({ id }) => id);
const settle = (host: ClaimedTask, ended: number[], state: 'done' | 'cancelled' = 'done') =>
  settleSteered(store, { hostId: host.id, ended, state, reply: 'the reply', now: new Date() });

describe('the messages that a running task takes in', () => {
  it('are those of its conversation, oldest first, each once, in words that say whose they are', async () => {
    const host = await runningHost();
    const first = await queueTask(store, { conversation: 'garden', prompt: 'use the blue one' });
    await queueTask(store, { conversation: 'shed' });
    await queueTask(store);
    const second = await queueTask(store, { conversation: 'garden' });
    const taken = await take(host);
    expect(idsOf(taken)).toEqual([first, second]);
    expect(taken[0]?.text).toMatch(
      /^The owner's message \(source: cli, trust: owner\).*\nuse the blue one$/s,
    );
    expect(await take(host, [first, second])).toEqual([]);
    expect(await taskRow(store, first)).toMatchObject({
      state: 'queued',
      steered_into: host.id,
      progress: `handed to task ${host.id}`,
    });
  });

  it('are given again to a second run of the same attempt, whose first one is gone', async () => {
    const host = await runningHost();
    const id = await queueTask(store, { conversation: 'garden' });
    expect(idsOf(await take(host))).toEqual([id]);
    expect(idsOf(await take(host))).toEqual([id]);
  });

  it('are none for an attempt that does not run any more', async () => {
    const host = await runningHost();
    const id = await queueTask(store, { conversation: 'garden' });
    expect(await take({ ...host, attempt: 2 })).toEqual([]);
    await store.query({ text: `UPDATE tasks SET state = 'queued' WHERE id = ${host.id}` });
    expect(await take(host)).toEqual([]);
    expect(await taskRow(store, id)).toMatchObject({ steered_into: null });
  });

  it('end with it where they were heard, row and event, and wait for a run of their own where not', async () => {
    const host = await runningHost();
    const heard = await queueTask(store, { conversation: 'garden' });
    const missed = await queueTask(store, { conversation: 'garden' });
    await take(host);
    expect(await settle(host, [heard])).toMatchObject([
      { id: heard, state: 'done' },
      { id: missed, state: 'queued' },
    ]);
    expect(await taskRow(store, heard)).toMatchObject({
      state: 'done',
      outcome: 'steered',
      reply: 'the reply',
      event_status: 'done',
      event_reason: `steered into task ${host.id}`,
    });
    expect(await taskRow(store, missed)).toMatchObject({
      state: 'queued',
      steered_into: null,
      attempts: 0,
      event_status: 'task',
    });
    expect(await settle(host, [heard, missed])).toEqual([]);
  });

  it('are cancelled with it', async () => {
    const host = await runningHost();
    const id = await queueTask(store, { conversation: 'garden' });
    await take(host);
    await settle(host, [id], 'cancelled');
    expect(await taskRow(store, id)).toMatchObject({ state: 'cancelled', event_status: 'failed' });
  });

  it('are claimed like any other when nobody has settled them', async () => {
    const host = await runningHost();
    const id = await queueTask(store, { conversation: 'garden' });
    await take(host);
    await store.query({
      text: `UPDATE tasks SET state = 'failed', outcome = 'crashed', finished_at = now() WHERE id = ${host.id}`,
    });
    expect((await claimNext(store)).id).toBe(id);
    expect(await taskRow(store, id)).toMatchObject({ state: 'running', steered_into: null });
  });
});

describe('a message may join a run', () => {
  const message = { id: 2, eventId: 2, priority: 3, source: 'cli', category: 'ask', prompt: 'p' };
  const host = fakeTask({ source: 'cli', category: 'chat', priority: 3 });

  it.each([
    ['of the owner, whatever category it has', host, message, true],
    ['of the owner, when it comes from somebody else', host, { ...message, source: 'cron:a' }, false],
    ['of a stranger, when it is the owner’s', fakeTask({ source: 'email' }), message, false],
    [
      'of a machine, of the same category',
      fakeTask({ source: 'cron:a', category: 'ask' }),
      { ...message, source: 'cron:a' },
      true,
    ],
    [
      'of a machine, of another category',
      fakeTask({ source: 'cron:a', category: 'backup' }),
      { ...message, source: 'cron:a' },
      false,
    ],
    ['that spends past the cap, when it may not', { ...host, priority: 0 }, message, false],
    [
      'that spends past the cap, when it may too',
      { ...host, priority: 0 },
      { ...message, priority: 0 },
      true,
    ],
    ['of lower priority', host, { ...message, priority: 0 }, true],
    ['when it only claims to come from a task', host, { ...message, source: 'self' }, false],
  ])('%s', (_, run, waiting, expected) => {
    expect(mayJoin(run, waiting)).toBe(expected);
  });
});
