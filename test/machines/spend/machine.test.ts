import { afterEach, describe, expect, it } from 'vitest';
import { type AnyActorRef, createActor, fromCallback, fromPromise, SimulatedClock } from 'xstate';
import { spendMachine } from '../../../machines/spend/machine.ts';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import { eventually } from '../../helpers/eventually.ts';

const actors: AnyActorRef[] = [];
afterEach(() => {
  for (const actor of actors.splice(0)) actor.stop();
});

/** The machine with looks that end when the test says so. */
function start() {
  const clock = new SimulatedClock();
  const looks: { done: (restMs: number) => void; fail: (error: unknown) => void }[] = [];
  const failures: unknown[] = [];
  let announced = 0;
  let listening = false;
  const machine = spendMachine.provide({
    actors: {
      look: fromPromise<number>(() => new Promise((done, fail) => looks.push({ done, fail }))),
      listen: fromCallback(() => {
        listening = true;
        return () => (listening = false);
      }),
    },
    actions: {
      announce: () => (announced += 1),
      reportFailure: (_, { error }) => failures.push(error),
    },
  });
  const actor = createActor(machine, { clock }).start();
  actors.push(actor);
  const state = () => actor.getSnapshot().value;
  const reach = (value: string) => eventually(() => expect(state()).toBe(value));
  return { actor, clock, looks, failures, reach, announced: () => announced, listening: () => listening };
}

describe('spend', () => {
  it('looks at its start, tells that the sums are known, and looks again when its rest is over', async () => {
    const { looks, reach, clock, announced } = start();
    looks[0]?.done(60_000);
    await reach('resting');
    expect(announced()).toBe(1);
    clock.increment(59_999);
    expect(looks).toHaveLength(1);
    clock.increment(1);
    expect(looks).toHaveLength(2);
  });

  it('looks once more for all that changed while it looked', async () => {
    const { actor, looks, reach } = start();
    actor.send({ type: 'spend.changed' });
    actor.send({ type: 'spend.changed' });
    expect(looks).toHaveLength(1);
    looks[0]?.done(60_000);
    await eventually(() => expect(looks).toHaveLength(2));
    looks[1]?.done(60_000);
    await reach('resting');
    expect(looks).toHaveLength(2);
    actor.send({ type: 'spend.changed' });
    expect(looks).toHaveLength(3);
  });

  it('tries again after an outage, silently, and after anything else with a word', async () => {
    const { looks, failures, reach, clock, announced } = start();
    looks[0]?.fail(new StoreAwayError('away'));
    await reach('waiting');
    expect(failures).toEqual([]);
    clock.increment(2_000);
    expect(looks).toHaveLength(2);
    const error = new Error('bad statement');
    looks[1]?.fail(error);
    await reach('waiting');
    expect(failures).toEqual([error]);
    expect(announced()).toBe(0);
  });

  it('stops at once, and listens no more', () => {
    const { actor, listening } = start();
    expect(listening()).toBe(true);
    actor.send({ type: 'child.stop' });
    expect(actor.getSnapshot().status).toBe('done');
    expect(listening()).toBe(false);
  });
});
