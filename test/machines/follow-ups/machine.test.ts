import { describe, expect, it } from 'vitest';
import { createActor, fromPromise, setup, SimulatedClock } from 'xstate';
import { followUpsMachine } from '../../../machines/follow-ups/machine.ts';
import type { FollowUp, FollowUpQuery } from '../../../src/tasks/run/follow-ups.ts';
import type { RunnableAgent } from '../../../src/tasks/agents/kinds.ts';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import { fakeAgent, fakeTask, offlineAgent } from '../../helpers/agent-fixtures.ts';
import { withResolvers } from '../../helpers/with-resolvers.ts';
import { eventually } from '../../helpers/eventually.ts';

const message = (id: number): FollowUp => ({ id, eventId: 1_000 + id, text: `message ${id}` });

function listen(
  take: (query: FollowUpQuery) => Promise<FollowUp[]>,
  agent: RunnableAgent = fakeAgent('good.sh'),
) {
  const clock = new SimulatedClock();
  const heard: FollowUp[] = [];
  const failures: unknown[] = [];
  const queries: FollowUpQuery[] = [];
  const task = fakeTask({ conversation: 'garden' });
  const logic = followUpsMachine.provide({
    actors: {
      takeFollowUps: fromPromise(({ input }) => {
        queries.push(input);
        return take(input);
      }),
    },
    actions: { reportFailure: (_, { error }) => void failures.push(error) },
  });
  const parent = setup({
    types: { events: {} as { type: 'run.followUps'; messages: FollowUp[] } },
    actors: { logic },
  }).createMachine({
    invoke: { id: 'listener', src: 'logic', input: { task, agent, storeRetryMs: 1_000 } },
    on: { 'run.followUps': { actions: ({ event }) => void heard.push(...event.messages) } },
  });
  const actor = createActor(parent, { clock }).start();
  const child = actor.getSnapshot().children['listener'] as unknown as {
    send: (event: { type: 'task.wake' }) => void;
    getSnapshot: () => { value: unknown };
  };
  return {
    clock,
    heard,
    failures,
    queries,
    task,
    wake: () => child.send({ type: 'task.wake' }),
    reach: (value: string) => eventually(() => expect(child.getSnapshot().value).toBe(value)),
  };
}

describe('follow-ups machine', () => {
  it('hands over what waits at once, and what comes when it is woken or after a while, each message once', async () => {
    const queue = [message(1)];
    const listener = listen(({ handed }) => Promise.resolve(queue.filter(({ id }) => !handed.includes(id))));
    await listener.reach('resting');
    expect(listener.heard).toEqual([message(1)]);
    queue.push(message(2));
    listener.wake();
    await listener.reach('resting');
    queue.push(message(3));
    listener.clock.increment(30_000);
    await listener.reach('resting');
    expect(listener.heard).toEqual([message(1), message(2), message(3)]);
    expect(listener.queries.at(-1)).toEqual({ host: listener.task, handed: [1, 2, 3] });
  });

  it('looks again when it was woken while it was looking', async () => {
    const first = withResolvers<FollowUp[]>();
    let looks = 0;
    const listener = listen(() => (looks++ === 0 ? first.promise : Promise.resolve([])));
    listener.wake();
    first.resolve([]);
    await listener.reach('resting');
    expect(looks).toBe(2);
  });

  it('waits while the store is away, and says so when it fails otherwise', async () => {
    const failures: Error[] = [new StoreAwayError('away'), new Error('a bug')];
    const listener = listen(() => {
      const failure = failures.shift();
      return failure === undefined ? Promise.resolve([]) : Promise.reject(failure);
    });
    await listener.reach('waiting');
    expect(listener.failures).toEqual([]);
    listener.clock.increment(1_000);
    await eventually(() => expect(listener.failures).toEqual([new Error('a bug')]));
    listener.clock.increment(1_000);
    await listener.reach('resting');
  });

  it('is deaf where the agent reads its input once', async () => {
    const listener = listen(() => Promise.resolve([message(1)]), offlineAgent());
    await listener.reach('deaf');
    listener.wake();
    expect(listener.queries).toEqual([]);
  });
});
