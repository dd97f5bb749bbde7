import { describe, expect, it } from 'vitest';
import { createActor, fromCallback, fromPromise, SimulatedClock } from 'xstate';
import { waitAfter } from '../../../machines/mail-folder/context.ts';
import { mailFolderMachine } from '../../../machines/mail-folder/machine.ts';
import type {
  FolderInput,
  FolderOpening,
  LookEnd,
  SessionFact,
} from '../../../machines/mail-folder/protocol.ts';

const MINUTE = 60_000;
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A watcher with a clock in the hand; the functions say how each connection and each look ends. */
function rig(opens: () => FolderOpening, looks: () => LookEnd | Error = () => ({ kind: 'through' })) {
  const clock = new SimulatedClock();
  const states: string[] = [];
  const told: (string | null)[] = [];
  let [attempts, count] = [0, 0];
  let tell = (_: SessionFact): void => undefined;
  const actor = createActor(
    mailFolderMachine.provide({
      actors: {
        connect: fromPromise<FolderOpening, FolderInput>(() => {
          attempts += 1;
          return Promise.resolve(opens());
        }),
        session: fromCallback<SessionFact, FolderInput>(({ sendBack }) => {
          tell = sendBack;
        }),
        look: fromPromise<LookEnd, FolderInput>(() => {
          count += 1;
          const end = looks();
          return end instanceof Error ? Promise.reject(end) : Promise.resolve(end);
        }),
      },
      actions: {
        noteState: (_, { state }) => void states.push(state),
        tellOutage: (_, { reason }) => void told.push(reason),
        endOutage: () => void told.push('over'),
        reportFailure: () => undefined,
      },
    }),
    {
      clock,
      input: { account: 'a', folder: 'INBOX', times: () => ({ pollMs: 5 * MINUTE, retryMs: MINUTE }) },
    },
  );
  actor.start();
  const pass = async (ms: number, step = 1_000): Promise<void> => {
    for (let left = ms; left > 0; left -= step) {
      clock.increment(Math.min(step, left));
      await settled();
    }
  };
  return {
    actor,
    states,
    told,
    pass,
    attempts: () => attempts,
    looks: () => count,
    fact: (fact: SessionFact) => tell(fact),
  };
}

describe('the watcher of a folder', () => {
  it('watches only after its first look, looks again at news and every five minutes', async () => {
    const { states, looks, fact, pass } = rig(() => ({ kind: 'open' }));
    expect(states).toEqual(['connecting']);
    await settled();
    await settled();
    expect([states.at(-1), looks()]).toEqual(['watching', 1]);
    fact({ type: 'session.news' });
    await settled();
    expect(looks()).toBe(2);
    await pass(16 * MINUTE);
    expect(looks()).toBe(5);
  });

  it('looks once more where news came during a look', async () => {
    const { looks, fact } = rig(() => ({ kind: 'open' }));
    await settled();
    fact({ type: 'session.news' });
    fact({ type: 'session.news' });
    await settled();
    await settled();
    await settled();
    expect(looks()).toBeGreaterThanOrEqual(2);
    expect(looks()).toBeLessThanOrEqual(3);
  });

  it('tells of an outage after an hour and of a refused login at once, each once', async () => {
    const away = rig(() => ({ kind: 'away', reason: 'no network' }));
    await away.pass(59 * MINUTE, 10_000);
    expect(away.told).toEqual([]);
    await away.pass(3 * 60 * MINUTE, 10_000);
    expect(away.told).toEqual(['no network']);
    expect(away.attempts()).toBeLessThan(20);
    const refused = rig(() => ({ kind: 'unauthorised', reason: 'wrong password' }));
    await refused.pass(90 * MINUTE, 10_000);
    expect(refused.told).toEqual(['wrong password']);
    expect(refused.attempts()).toBeLessThanOrEqual(4);
  });

  it('keeps the connection while the store is away', async () => {
    let isAway = true;
    const storeAway = Object.assign(new Error('away'), { code: 'STORE_AWAY' });
    const { attempts, states, pass } = rig(
      () => ({ kind: 'open' }),
      () => (isAway ? storeAway : { kind: 'through' }),
    );
    await pass(MINUTE);
    expect([attempts(), states.at(-1)]).toEqual([1, 'connecting']);
    isAway = false;
    await pass(5_000);
    expect([attempts(), states.at(-1)]).toEqual([1, 'watching']);
  });

  it('ends the backoff with a connection that lasts, and not with one that is cut at once', async () => {
    const { attempts, fact, pass } = rig(() => ({ kind: 'open' }));
    const cut = (): void => fact({ type: 'session.closed', end: { kind: 'away', reason: 'cut' } });
    await pass(2_000);
    cut();
    await pass(7_000);
    expect(attempts()).toBe(2);
    cut();
    await pass(7_000);
    expect(attempts()).toBe(2);
    await pass(MINUTE);
    expect(attempts()).toBe(3);
    await pass(6 * MINUTE);
    cut();
    await pass(7_000);
    expect(attempts()).toBe(4);
  });

  it('is quiet where it is switched off, and ends when it is told to', async () => {
    const { actor, attempts, states, pass } = rig(() => ({ kind: 'disabled' }));
    await pass(60 * MINUTE, 10_000);
    expect([attempts(), states.at(-1)]).toEqual([1, 'disabled']);
    actor.send({ type: 'child.stop' });
    expect(actor.getSnapshot().status).toBe('done');
  });
});

it('waits 5 s, then from one minute up to thirty; longer for what was refused', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 50].map((failures) =>
    waitAfter({ kind: 'away' }, failures, MINUTE, () => 0.5),
  );
  expect(waits.map((ms) => ms / 1_000)).toEqual([5, 60, 120, 240, 480, 960, 1_800, 1_800]);
  expect(waitAfter({ kind: 'throttled' }, 1, MINUTE, () => 0.5)).toBe(5 * MINUTE);
  expect(waitAfter({ kind: 'unauthorised' }, 1, MINUTE, () => 0.5)).toBe(30 * MINUTE);
});
