import { afterEach, describe, expect, it } from 'vitest';
import { type AnyActorRef, createActor, fromCallback, fromPromise, SimulatedClock } from 'xstate';
import { standbyMachine } from '../../../machines/standby/machine.ts';
import type { EndRequest, LookResult, Planned, StandbyFact } from '../../../machines/standby/protocol.ts';
import { fakeAgent, fakeTask } from '../../helpers/agent-fixtures.ts';
import { withResolvers } from '../../helpers/with-resolvers.ts';
import { eventually } from '../../helpers/eventually.ts';

const MINUTE = 60_000;
const identity = { bootId: 'b', pid: 4242, startTime: 1 };
const actors: AnyActorRef[] = [];
afterEach(() => {
  for (const actor of actors.splice(0)) actor.stop();
});

function planOf(attempt: number): Planned {
  const nothing = { memories: [], degraded: null, withoutMemories: null, resume: null };
  const request = { task: fakeTask(), agent: fakeAgent('good.sh'), ...nothing };
  return { plan: { mark: { worker: 'w', taskId: 9, attempt }, request } };
}

/** The machine with plans, looks and ends that the test decides about. */
function start() {
  const clock = new SimulatedClock();
  const plans: { after: number | null; done: (planned: Planned) => void; fail: (error: unknown) => void }[] =
    [];
  const ends: { request: EndRequest; done: (nothing: undefined) => void; fail: (error: unknown) => void }[] =
    [];
  const givenUp: string[] = [];
  const unready: string[] = [];
  const failures: unknown[] = [];
  const started: number[] = [];
  let stays: LookResult;
  let isUp = false;
  const machine = standbyMachine.provide({
    actors: {
      listen: fromCallback(() => undefined),
      plan: fromPromise<Planned, { after: number | null }>(({ input: { after } }) => {
        const { promise, resolve, reject } = withResolvers<Planned>();
        plans.push({ after, done: resolve, fail: reject });
        return promise;
      }),
      process: fromCallback(({ input }) => {
        started.push((input as { mark: { attempt: number } }).mark.attempt);
        isUp = true;
        return () => (isUp = false);
      }),
      look: fromPromise<LookResult>(() => Promise.resolve(stays)),
      end: fromPromise<undefined, EndRequest>(({ input }) => {
        const { promise, resolve, reject } = withResolvers<undefined>();
        ends.push({ request: input, done: resolve, fail: reject });
        return promise;
      }),
    },
    actions: {
      giveUp: (_, reason) => void givenUp.push(reason),
      reportFailure: (_, { error }) => void failures.push(error),
      reportUnready: (_, { reason }) => void unready.push(reason),
    },
  });
  const actor = createActor(machine, { clock }).start();
  actors.push(actor);
  const value = () => actor.getSnapshot().value;
  const reach = (state: unknown) => eventually(() => expect(value()).toEqual(state));
  const tell = (...facts: StandbyFact[]) => facts.forEach((fact) => actor.send(fact));
  const standing = { up: { standing: 'still' } };
  return {
    ...{ actor, clock, plans, ends, givenUp, unready, failures, started, value, reach, tell },
    isUp: () => isUp,
    stays: (reason: LookResult) => void (stays = reason),
    /** Goes on to the first agent that stands. */
    stand: async () => {
      ends[0]?.done(undefined);
      await reach('resting');
      clock.increment(5_000);
      plans[0]?.done(planOf(1));
      await reach({ up: 'starting' });
      tell({ type: 'standby.spawned', identity }, { type: 'standby.ready' });
      expect(value()).toEqual(standing);
    },
    standing,
  };
}

describe('standby machine', () => {
  it('first ends what an earlier life has left, then rests, plans and starts one', async () => {
    const { clock, ends, plans, value, reach, started, stand, isUp } = start();
    expect(value()).toBe('clearing');
    expect(ends[0]?.request).toEqual({ mark: undefined, identity: undefined });
    await stand();
    expect(plans[0]?.after).toBeNull();
    expect(started).toEqual([1]);
    expect(isUp()).toBe(true);
    clock.increment(29 * MINUTE);
    await reach({ up: { standing: 'still' } });
  });

  it('lets go of one that is claimed, and stands in the conversation of the answer afterwards', async () => {
    const { actor, clock, ends, plans, reach, stand, tell, value, isUp } = start();
    await stand();
    tell({ type: 'standby.claimed', attempt: 7 });
    expect(isUp()).toBe(true);
    tell({ type: 'standby.claimed', attempt: 1 });
    expect(value()).toBe('resting');
    expect(isUp()).toBe(false);
    expect(ends).toHaveLength(1);
    tell(
      { type: 'standby.wake', answered: { taskId: 42, conversation: 'garden' } },
      { type: 'standby.wake' },
    );
    expect(value()).toBe('settling');
    clock.increment(249);
    expect(plans).toHaveLength(1);
    clock.increment(1);
    expect(plans[1]?.after).toBe(42);
    // It was asked before the news.
    tell({ type: 'standby.wake' });
    expect(value()).toBe('settling');
    clock.increment(250);
    plans[2]?.done({ plan: undefined, why: 'a task waits for its turn', againMs: 500 });
    await reach('resting');
    clock.increment(500);
    expect(plans).toHaveLength(4);
    actor.send({ type: 'child.stop' });
    expect(value()).toBe('stopped');
  });

  it('ends one that did not fit, and plans another once nobody of it is left', async () => {
    const { clock, ends, plans, givenUp, reach, stand, tell, value } = start();
    await stand();
    tell({ type: 'standby.refused', attempt: 1 });
    expect(value()).toBe('ending');
    // The claim has counted it, by its reason.
    expect(givenUp).toEqual([]);
    expect(ends[1]?.request).toEqual({ mark: { worker: 'w', taskId: 9, attempt: 1 }, identity });
    clock.increment(MINUTE);
    expect(plans).toHaveLength(1);
    ends[1]?.done(undefined);
    await reach('settling');
    clock.increment(250);
    expect(plans).toHaveLength(2);
  });

  it('moves to where the owner was answered by another agent meanwhile', async () => {
    const { clock, ends, plans, givenUp, reach, stand, tell, value, standing } = start();
    await stand();
    // The folder is the same, and the session a new one.
    tell({ type: 'standby.wake', answered: { taskId: 41, conversation: null } });
    await reach(standing);
    tell({ type: 'standby.wake', answered: { taskId: 42, conversation: 'garden' } });
    expect(value()).toBe('ending');
    ends[1]?.done(undefined);
    await reach('settling');
    clock.increment(250);
    expect(plans[1]?.after).toBe(42);
    plans[1]?.done(planOf(2));
    await reach({ up: 'starting' });
    tell({ type: 'standby.wake', answered: { taskId: 43, conversation: 'kitchen' } });
    expect(value()).toBe('ending');
    expect(givenUp).toEqual(['moved', 'moved']);
  });

  it('gives one up that is half an hour old, or that memory or the owner do not allow any more', async () => {
    const old = start();
    await old.stand();
    old.clock.increment(30 * MINUTE);
    expect(old.value()).toBe('ending');
    expect(old.givenUp).toEqual(['stale']);

    const short = start();
    await short.stand();
    short.clock.increment(30_000);
    await short.reach(short.standing);
    short.stays('memory');
    short.clock.increment(30_000);
    await short.reach('ending');
    expect(short.givenUp).toEqual(['memory']);

    const unwanted = start();
    await unwanted.stand();
    unwanted.stays('unwanted');
    unwanted.tell({ type: 'standby.wake' });
    await unwanted.reach('ending');
    expect(unwanted.givenUp).toEqual(['unwanted']);
  });

  it('tries one that does not get ready ever more seldom, and not at each wake any more', async () => {
    const { clock, ends, plans, givenUp, unready, reach, tell, value } = start();
    ends[0]?.done(undefined);
    await reach('resting');
    clock.increment(5_000);
    for (const [round, restMs] of [2 * MINUTE, 4 * MINUTE, 8 * MINUTE].entries()) {
      plans[round]?.done(planOf(round + 1));
      await reach({ up: 'starting' });
      if (round === 0) clock.increment(30_000);
      else tell({ type: 'standby.exited', reason: 'it ended (1)' });
      ends[round + 1]?.done(undefined);
      await reach('resting');
      if (round === 2) {
        tell({ type: 'standby.wake', answered: { taskId: 3, conversation: null } });
        expect(value()).toBe('resting');
      }
      clock.increment(restMs - 1);
      expect(plans).toHaveLength(round + 1);
      clock.increment(1);
      expect(plans).toHaveLength(round + 2);
    }
    expect(plans.at(-1)?.after).toBe(3);
    expect(givenUp).toEqual(['unready', 'unready', 'unready']);
    expect(unready).toEqual(['it was not ready in time', 'it ended (1)', 'it ended (1)']);
  });

  it('rests after one that went by itself, and after a plan or an end that failed', async () => {
    const { clock, ends, plans, failures, givenUp, reach, stand, tell } = start();
    await stand();
    tell({ type: 'standby.exited', reason: 'it ended (SIGKILL)' });
    expect(givenUp).toEqual(['exited']);
    const error = new Error('processes cannot be looked at');
    ends[1]?.fail(error);
    await reach('resting');
    clock.increment(2 * MINUTE);
    plans[1]?.fail(error);
    await reach('resting');
    expect(failures).toEqual([error, error]);
  });

  it('ends what stands before it stops, and what it was just ending', async () => {
    const one = start();
    await one.stand();
    one.actor.send({ type: 'child.stop' });
    expect(one.value()).toBe('ending');
    expect(one.givenUp).toEqual(['stopped']);
    one.ends[1]?.done(undefined);
    await one.reach('stopped');

    const other = start();
    other.actor.send({ type: 'child.stop' });
    expect(other.value()).toBe('clearing');
    other.ends[0]?.done(undefined);
    await other.reach('stopped');
  });
});
