import { createActor, sendParent, setup, SimulatedClock } from 'xstate';
import { supervisorMachine } from '../../../machines/supervisor/machine.ts';
import { describe as describeTree } from '../../../machines/supervisor/describe.ts';
import type { SupervisorFact } from '../../../machines/supervisor/protocol.ts';
import type { ChildSpec, SupervisorInput } from '../../../machines/supervisor/spec.ts';
import { watchSupervisor } from '../../../machines/supervisor/watch.ts';

type WorkerEvent = { type: 'crash' | 'finish' | 'child.stop' | 'up' | 'gone' };

const workerSetup = setup({
  types: { events: {} as WorkerEvent },
  actions: {
    crash: () => {
      throw new Error('boom');
    },
    tellReady: sendParent(({ self }: { self: { id: string } }) => ({ type: 'child.ready', id: self.id })),
  },
});

/** Ends at once when asked to. Says `child.ready` on `up`. */
export const obedient = workerSetup.createMachine({
  initial: 'working',
  on: { crash: { actions: 'crash' }, up: { actions: 'tellReady' }, finish: '.done', 'child.stop': '.done' },
  states: { working: {}, done: { type: 'final' } },
});

/** Cleans up first when asked to, until `gone`. */
export const slow = workerSetup.createMachine({
  initial: 'working',
  on: { crash: { actions: 'crash' } },
  states: {
    working: { on: { 'child.stop': 'cleaning', finish: 'done' } },
    cleaning: { on: { gone: 'done' } },
    done: { type: 'final' },
  },
});

/** Does not listen to `child.stop`. */
export const stubborn = workerSetup.createMachine({
  initial: 'working',
  on: { crash: { actions: 'crash' }, finish: '.done' },
  states: { working: {}, done: { type: 'final' } },
});

/** A permanent, obedient child with 100 ms to stop, unless told otherwise. */
export function worker(id: string, changes: Partial<ChildSpec> = {}): ChildSpec {
  return { id, logic: obedient, restart: 'permanent', shutdownMs: 100, ...changes };
}

/** A supervisor on a simulated clock, not started yet, with everything it tells in `log`. */
export function supervise(children: ChildSpec[], settings: Partial<SupervisorInput> = {}) {
  const clock = new SimulatedClock();
  const log: string[] = [];
  const input: SupervisorInput = {
    children,
    backoff: { minMs: 10, maxMs: 40, factor: 2, jitter: 0 },
    intensity: { restarts: 3, periodMs: 1_000 },
    now: () => clock.now(),
    ...settings,
  };
  const actor = createActor(supervisorMachine, { clock, id: 'top', input });
  watchSupervisor(actor, (fact, path) => log.push([...path, line(fact)].join('/')), fail);
  return {
    actor,
    clock,
    log,
    /** Lets time pass millisecond by millisecond, as a real clock does. */
    pass(ms: number) {
      for (let i = 0; i < ms; i += 1) clock.increment(1);
    },
    tell(id: string, type: WorkerEvent['type']) {
      const ref = actor.system.get(id) as { send: (event: WorkerEvent) => void } | undefined;
      if (ref === undefined) throw new Error(`nobody is called ${id}`);
      ref.send({ type });
    },
    states: () => Object.fromEntries(describeTree(actor.getSnapshot()).map(({ id, state }) => [id, state])),
    /** What was told since the last call. */
    news: () => log.splice(0),
  };
}

function line(fact: SupervisorFact): string {
  switch (fact.type) {
    case 'child.started':
      return `start ${fact.id}`;
    case 'child.ready':
      return `ready ${fact.id}`;
    case 'child.exited':
      return `${fact.how} ${fact.id}${fact.error === undefined ? '' : `: ${fact.error}`}`;
    case 'child.restarting':
      return `restart ${fact.id} #${fact.restarts} in ${fact.delayMs}`;
    case 'child.refused':
      return `refused ${fact.id}: ${fact.reason}`;
    case 'supervisor.escalated':
      return `escalated over ${fact.childId}: ${fact.error}`;
  }
}

function fail(thrown: unknown): never {
  throw thrown;
}
