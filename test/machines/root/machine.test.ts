import { afterEach, describe, expect, it } from 'vitest';
import { createActor, SimulatedClock, toPromise } from 'xstate';
import { rootMachine } from '../../../machines/root/machine.ts';
import type { ChildSpec } from '../../../machines/supervisor/spec.ts';
import { slow, worker } from '../supervisor/harness.ts';

const stops: Array<() => void> = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function startRoot(children: ChildSpec[]) {
  const clock = new SimulatedClock();
  let announced = 0;
  const root = createActor(rootMachine.provide({ actions: { announceRunning: () => (announced += 1) } }), {
    clock,
    input: {
      tree: {
        children,
        backoff: { minMs: 10, maxMs: 10, factor: 1, jitter: 0 },
        intensity: { restarts: 2, periodMs: 1_000 },
        now: () => clock.now(),
      },
    },
  });
  const ended = toPromise(root);
  ended.catch(() => undefined);
  root.start();
  stops.push(() => root.stop());
  return {
    root,
    ended,
    announced: () => announced,
    state: () => root.getSnapshot().value,
    tell: (id: string, type: string) => {
      const ref = root.system.get(id as never) as { send: (event: { type: string }) => void } | undefined;
      if (ref === undefined) throw new Error(`nobody is called ${id}`);
      ref.send({ type });
    },
    alive: (id: string) => root.system.get(id as never) !== undefined,
    pass: (ms: number) => {
      for (let passed = 0; passed < ms; passed += 1) clock.increment(1);
    },
  };
}

describe('root machine', () => {
  it('runs when every child is up, and says so once', () => {
    const { announced, state, tell, alive } = startRoot([
      worker('a', { readyMs: 50 }),
      worker('b', { readyMs: 50 }),
    ]);
    expect(state()).toBe('starting');
    expect(alive('b')).toBe(false);
    tell('a', 'up');
    expect([state(), alive('b')]).toEqual(['starting', true]);
    tell('b', 'up');
    expect(state()).toBe('running');
    expect(announced()).toBe(1);
  });

  it('stays running, and does not say so again, when a child comes back', () => {
    const { announced, state, tell, pass } = startRoot([worker('a')]);
    tell('a', 'crash');
    pass(10);
    tell('a', 'up');
    expect([state(), announced()]).toEqual(['running', 1]);
  });

  it('stops the children in reverse order and ends', async () => {
    const { root, ended, state, tell, alive } = startRoot([
      worker('a', { logic: slow }),
      worker('b', { logic: slow }),
    ]);
    root.send({ type: 'root.stop' });
    expect(state()).toBe('stopping');
    tell('b', 'gone');
    expect([alive('a'), alive('b')]).toEqual([true, false]);
    root.send({ type: 'root.stop' });
    tell('a', 'gone');
    await expect(ended).resolves.toEqual({ outcome: 'stopped' });
    expect(state()).toBe('stopped');
  });

  it('can be stopped while it starts, and never runs then', async () => {
    const { root, ended, announced, tell, alive } = startRoot([
      worker('a', { readyMs: 50, logic: slow }),
      worker('b'),
    ]);
    root.send({ type: 'root.stop' });
    expect(alive('b')).toBe(false);
    tell('a', 'gone');
    await expect(ended).resolves.toEqual({ outcome: 'stopped' });
    expect(announced()).toBe(0);
  });

  it('ends with the reason when the supervisor gives up, running or starting', async () => {
    for (const readyMs of [undefined, 500]) {
      const { ended, tell, pass } = startRoot([worker('a', readyMs === undefined ? {} : { readyMs })]);
      for (let crash = 0; crash < 3; crash += 1) {
        tell('a', 'crash');
        pass(10);
      }
      await expect(ended).resolves.toMatchObject({ outcome: 'escalated', childId: 'a', error: 'boom' });
    }
  });

  it('ends as stopped where a child breaks while it stops', async () => {
    const { root, ended, tell } = startRoot([worker('a', { logic: slow })]);
    root.send({ type: 'root.stop' });
    tell('a', 'crash');
    await expect(ended).resolves.toEqual({ outcome: 'stopped' });
  });

  it('fails loudly when its action was not provided', async () => {
    const root = createActor(rootMachine, { input: { tree: { children: [] } } });
    root.subscribe({ error: () => undefined });
    const ended = toPromise(root);
    root.start();
    stops.push(() => root.stop());
    await expect(ended).rejects.toThrow('root machine: action "announceRunning" was not provided');
  });
});
