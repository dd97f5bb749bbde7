import { describe, expect, it } from 'vitest';
import { createActor, fromCallback, fromPromise, SimulatedClock, toPromise } from 'xstate';
import { choreMachine } from '../../../machines/chore/machine.ts';
import { withResolvers } from '../../helpers/with-resolvers.ts';
import { eventually } from '../../helpers/eventually.ts';

function startChore({ runsLast = true } = {}) {
  const clock = new SimulatedClock();
  const runs: ReturnType<typeof withResolvers<undefined>>[] = [];
  const failures: unknown[] = [];
  const actor = createActor(
    choreMachine.provide({
      actors: {
        work: fromPromise<unknown>(() => {
          const run = withResolvers<undefined>();
          runs.push(run);
          return run.promise;
        }),
        alarm: fromCallback(() => undefined),
      },
      actions: { reportFailure: (_, { error }) => failures.push(error) },
    }),
    { clock, input: { restMs: 5_000, runsLast } },
  );
  actor.start();
  return {
    actor,
    clock,
    runs,
    failures,
    reaches: (state: string) => eventually(() => expect(actor.getSnapshot().value).toBe(state)),
  };
}

describe('chore machine', () => {
  it('runs five seconds after the last trim has ended, one at a time', async () => {
    const { clock, runs, reaches } = startChore();
    clock.increment(4_999);
    expect(runs).toHaveLength(0);
    clock.increment(1);
    expect(runs).toHaveLength(1);
    clock.increment(60_000);
    expect(runs).toHaveLength(1);
    runs[0]?.resolve(undefined);
    await reaches('resting');
    clock.increment(5_000);
    expect(runs).toHaveLength(2);
  });

  it('runs at once when it is woken, and once more when that happens while it works', async () => {
    const { actor, runs, reaches } = startChore();
    actor.send({ type: 'chore.wake' });
    expect(runs).toHaveLength(1);
    actor.send({ type: 'chore.wake' });
    actor.send({ type: 'chore.wake' });
    expect(runs).toHaveLength(1);
    runs[0]?.resolve(undefined);
    await eventually(() => expect(runs).toHaveLength(2));
    runs[1]?.resolve(undefined);
    await reaches('resting');
    expect(runs).toHaveLength(2);
  });

  it('reports a run that failed and tries again', async () => {
    const { clock, runs, failures, reaches } = startChore();
    clock.increment(5_000);
    runs[0]?.reject(new Error('away'));
    await reaches('resting');
    expect(failures).toEqual([new Error('away')]);
    clock.increment(5_000);
    expect(runs).toHaveLength(2);
  });

  it('runs once more before it ends', async () => {
    const { actor, runs, failures } = startChore();
    const ended = toPromise(actor);
    actor.send({ type: 'child.stop' });
    expect(actor.getSnapshot().value).toBe('workingLast');
    actor.send({ type: 'child.stop' });
    expect(runs).toHaveLength(1);
    runs[0]?.resolve(undefined);
    await ended;
    expect(actor.getSnapshot().value).toBe('stopped');
    expect(failures).toEqual([]);
  });

  it('ends although the last run fails', async () => {
    const { actor, runs, failures } = startChore();
    const ended = toPromise(actor);
    actor.send({ type: 'child.stop' });
    runs[0]?.reject(new Error('away'));
    await ended;
    expect(failures).toEqual([new Error('away')]);
  });

  it('asked to end in the middle of a run, lets it end and takes what came since into a last one', async () => {
    const { actor, clock, runs, failures, reaches } = startChore();
    clock.increment(5_000);
    actor.send({ type: 'child.stop' });
    actor.send({ type: 'child.stop' });
    expect(runs).toHaveLength(1);
    runs[0]?.reject(new Error('away'));
    await reaches('workingLast');
    expect(runs).toHaveLength(2);
    runs[1]?.resolve(undefined);
    await reaches('stopped');
    expect(failures).toEqual([new Error('away')]);
  });

  it('ends at once where no last run is wanted', async () => {
    const { actor, runs } = startChore({ runsLast: false });
    actor.send({ type: 'child.stop' });
    await toPromise(actor);
    expect(runs).toHaveLength(0);
  });

  it('fails loudly when its actors were not provided', () => {
    const bare = createActor(choreMachine, { input: { restMs: 5_000, runsLast: true } });
    const faults: unknown[] = [];
    bare.subscribe({ error: (error) => faults.push(error) });
    bare.start();
    expect(String(faults[0])).toContain('chore machine: "alarm" was not provided');

    const clock = new SimulatedClock();
    const machine = choreMachine.provide({ actors: { alarm: fromCallback(() => {}) } });
    const actor = createActor(machine, { clock, input: { restMs: 5_000, runsLast: true } });
    const errors: unknown[] = [];
    actor.subscribe({ error: (error) => errors.push(error) });
    actor.start();
    clock.increment(5_000);
    return eventually(() =>
      expect(String(errors[0])).toContain('chore machine: "reportFailure" was not provided'),
    );
  });
});
