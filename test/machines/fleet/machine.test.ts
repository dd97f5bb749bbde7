import { createActor, fromCallback, fromPromise, SimulatedClock } from 'xstate';
import { describe, expect, it } from 'vitest';
import { fleetMachine } from '../../../machines/fleet/machine.ts';
import type { FleetCommand, FleetLookRequest, FleetLookResult } from '../../../machines/fleet/protocol.ts';
import { eventually } from '../../helpers/eventually.ts';

/** The machine with fake actors: looks answer in turn, polls end when they are told to. */
function rig(answers: (FleetLookResult | Error)[], atOnce = 2) {
  const requests: FleetLookRequest[] = [];
  const polls = new Map<string, { end: () => void; signal: AbortSignal }>();
  const problems: string[] = [];
  let wake: () => void = () => undefined;
  const clock = new SimulatedClock();
  const actor = createActor(
    fleetMachine.provide({
      actors: {
        look: fromPromise<FleetLookResult, FleetLookRequest>(({ input }) => {
          requests.push(input);
          const next = answers.shift() ?? { due: [], restMs: 30_000 };
          return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
        }),
        poll: fromPromise<unknown, { id: number; name: string }>(
          ({ input, signal }) =>
            new Promise((resolve) => polls.set(input.name, { end: () => resolve(undefined), signal })),
        ),
        listen: fromCallback<FleetCommand>(({ sendBack }) => {
          wake = () => sendBack({ type: 'fleet.wake' });
        }),
      },
      actions: { reportProblem: (_, { during }) => void problems.push(during) },
    }),
    { input: { atOnce: () => atOnce }, clock },
  );
  actor.start();
  return { actor, clock, requests, polls, problems, wake: () => wake() };
}

const host = (id: number) => ({ id, name: `h${id}` });

describe('the fleet', () => {
  it('polls at most so many at once, and looks again as soon as one has ended', async () => {
    const { requests, polls } = rig([
      { due: [host(1), host(2)], restMs: 30_000 },
      { due: [host(3)], restMs: 30_000 },
    ]);
    await eventually(() => expect([...polls.keys()]).toEqual(['h1', 'h2']));
    expect(requests).toEqual([{ room: 2, busy: [] }]);
    polls.get('h1')?.end();
    await eventually(() => expect(requests.at(1)).toEqual({ room: 1, busy: [2] }));
    await eventually(() => expect([...polls.keys()]).toEqual(['h1', 'h2', 'h3']));
  });

  it('rests until the next one is due, or it is woken', async () => {
    const { actor, clock, requests, wake } = rig([{ due: [], restMs: 5_000 }]);
    await eventually(() => expect(actor.getSnapshot().value).toEqual({ serving: 'resting' }));
    clock.increment(4_999);
    expect(requests).toHaveLength(1);
    clock.increment(1);
    await eventually(() => expect(requests).toHaveLength(2));
    await eventually(() => expect(actor.getSnapshot().value).toEqual({ serving: 'resting' }));
    wake();
    await eventually(() => expect(requests).toHaveLength(3));
  });

  it('waits while the store is away, tells of what else failed, and goes on', async () => {
    const away = Object.assign(new Error('away'), { code: 'STORE_AWAY' });
    const { actor, clock, requests, problems } = rig([away, new Error('odd')]);
    await eventually(() => expect(actor.getSnapshot().value).toEqual({ serving: 'waiting' }));
    expect(problems).toEqual([]);
    clock.increment(2_000);
    await eventually(() => expect(actor.getSnapshot().value).toEqual({ serving: 'pausing' }));
    expect(problems).toEqual(['look']);
    clock.increment(10_000);
    await eventually(() => expect(requests).toHaveLength(3));
  });

  it('calls off the polls under way when it is to stop', async () => {
    const { actor, polls } = rig([{ due: [host(1)], restMs: 30_000 }]);
    await eventually(() => expect(polls.size).toBe(1));
    actor.send({ type: 'child.stop' });
    expect(actor.getSnapshot().status).toBe('done');
    expect(polls.get('h1')?.signal.aborted).toBe(true);
  });
});
