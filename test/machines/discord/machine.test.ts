import { describe, expect, it } from 'vitest';
import { createActor, fromCallback, fromPromise, SimulatedClock } from 'xstate';
import { discordMachine } from '../../../machines/discord/machine.ts';
import type { GatewayFact, Prepared } from '../../../machines/discord/protocol.ts';
import { liveReplyMachine } from '../../../machines/live-reply/machine.ts';

const MINUTE = 60_000;
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** The machine with a clock in the hand; `prepared` says how each attempt ends. */
function rig(prepared: () => Prepared, greets = false) {
  const clock = new SimulatedClock();
  const states: string[] = [];
  const told: string[] = [];
  let attempts = 0;
  let tell = (_: GatewayFact): void => undefined;
  const actor = createActor(
    discordMachine.provide({
      actors: {
        prepare: fromPromise(() => {
          attempts += 1;
          return Promise.resolve(prepared());
        }),
        gateway: fromCallback<GatewayFact>(({ sendBack }) => {
          tell = sendBack;
          if (!greets) return;
          sendBack({ type: 'gateway.ready' });
          sendBack({ type: 'gateway.acked' });
        }),
        catchUp: fromPromise(() => Promise.resolve(undefined)),
        upkeep: fromCallback(() => undefined) as never,
        liveReplies: fromCallback(() => undefined) as never,
      },
      actions: {
        noteState: (_, { state }) => void states.push(state),
        tellOutage: (_, { reason }) => void told.push(reason ?? 'nothing'),
        endOutage: () => void told.push('over'),
        reportFailure: () => undefined,
      },
    }),
    { clock },
  );
  actor.start();
  const pass = async (ms: number, step = 30_000): Promise<void> => {
    for (let left = ms; left > 0; left -= step) {
      clock.increment(Math.min(step, left));
      await settled();
    }
  };
  return { actor, states, told, pass, attempts: () => attempts, fact: (fact: GatewayFact) => tell(fact) };
}

describe('the connection to Discord', () => {
  it('needs a session, what was missed, and the answer to a heartbeat to be ready', async () => {
    const { states, fact } = rig(() => ({ kind: 'open' }));
    await settled();
    fact({ type: 'gateway.ready' });
    await settled();
    expect(states).toEqual(['connecting', 'connecting', 'catching-up']);
    fact({ type: 'gateway.acked' });
    expect(states.at(-1)).toBe('ready');
  });

  it('tells once of what is down for 15 minutes, and of a token that is refused at once', async () => {
    const away = rig(() => ({ kind: 'away', reason: 'no network' }));
    await away.pass(14 * MINUTE);
    expect(away.told).toEqual([]);
    await away.pass(60 * MINUTE);
    expect(away.told).toEqual(['no network']);
    expect(away.attempts()).toBeLessThan(40);

    const refused = rig(() => ({ kind: 'unauthorised', reason: '401' }));
    await refused.pass(60 * MINUTE);
    expect(refused.told).toEqual(['401']);
    expect(refused.attempts()).toBeLessThanOrEqual(8);
  });

  it('does not tell of an outage that is over, and counts the next one anew', async () => {
    let isUp = false;
    const { told, pass, fact, states } = rig(
      () => (isUp ? { kind: 'open' } : { kind: 'away', reason: 'no network' }),
      true,
    );
    await pass(4 * MINUTE);
    isUp = true;
    await pass(10 * MINUTE);
    expect(states.at(-1)).toBe('ready');
    expect(told.filter((word) => word !== 'over')).toEqual([]);
    isUp = false;
    fact({ type: 'gateway.closed', end: { kind: 'away', reason: 'cut' } });
    await pass(14 * MINUTE);
    expect(told.filter((word) => word !== 'over')).toEqual([]);
    await pass(2 * MINUTE);
    expect(told.at(-1)).toBe('no network');
  });

  it('that is parked looks again at its time and not before', async () => {
    const { attempts, states, pass } = rig(() => ({ kind: 'parked', reason: 'spent', waitMs: 50 * MINUTE }));
    await pass(49 * MINUTE);
    expect([states.at(-1), attempts()]).toEqual(['parked', 1]);
    await pass(2 * MINUTE);
    expect(attempts()).toBe(2);
  });
});

describe('a reply that is shown while it is written', () => {
  it('types for ten minutes at most, and is edited every 1.5 s', async () => {
    const clock = new SimulatedClock();
    const [types, edits] = [{ count: 0 }, { count: 0 }];
    const counting = (counter: { count: number }, fails = false) =>
      fromPromise<undefined, never>(() => {
        counter.count += 1;
        return fails ? Promise.reject(new Error('limited')) : Promise.resolve(undefined);
      }) as never;
    const actor = createActor(
      liveReplyMachine.provide({ actors: { type: counting(types, true), edit: counting(edits) } }),
      { clock, input: { taskId: 1, channelId: '2' } },
    );
    actor.start();
    const pass = async (ms: number): Promise<void> => {
      for (let at = 0; at < ms; at += 500) {
        clock.increment(500);
        await settled();
      }
    };
    await pass(15_000);
    expect([types.count, edits.count]).toEqual([2, 10]);
    await pass(10 * MINUTE);
    const typed = types.count;
    expect(typed).toBeLessThanOrEqual(76);
    await pass(MINUTE);
    expect(types.count).toBe(typed);
    actor.stop();
    const edited = edits.count;
    await pass(MINUTE);
    expect(edits.count).toBe(edited);
  });
});
