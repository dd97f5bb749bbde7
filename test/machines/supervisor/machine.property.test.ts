import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describe as describeTree } from '../../../machines/supervisor/describe.ts';
import type { Restart, Strategy } from '../../../machines/supervisor/spec.ts';
import { obedient, slow, stubborn, supervise, worker } from './harness.ts';

const backoff = { minMs: 5, maxMs: 20, factor: 2, jitter: 0 };
const anyRestart = fc.constantFrom<Restart>('permanent', 'transient', 'temporary');
const anyStrategy = fc.constantFrom<Strategy>('one-for-one', 'rest-for-one', 'one-for-all');
const anyIntensity = fc.record({ restarts: fc.nat({ max: 4 }), periodMs: fc.integer({ min: 1, max: 80 }) });
const who = fc.nat({ max: 9 });

interface ModelChild {
  id: string;
  restart: Restart;
  fixed: boolean;
  /** up; due: waits for its backoff; turn: waits for others; over: ended for good. */
  is: 'up' | 'due' | 'turn' | 'over';
  at: number;
  dismissed: boolean;
  failures: number;
  restarts: number;
}

/** OTP's rules over a list of time stamps, for children that start and stop at once. Shares no code with the supervisor. */
class Model {
  now = 0;
  log: string[] = [];
  gaveUp = false;
  children: ModelChild[];
  private restartTimes: number[] = [];
  private readonly strategy: Strategy;
  private readonly intensity: { restarts: number; periodMs: number };

  constructor(restarts: Restart[], strategy: Strategy, intensity: { restarts: number; periodMs: number }) {
    this.strategy = strategy;
    this.intensity = intensity;
    this.children = restarts.map((restart, i) => Model.fresh(`f${i}`, restart, true));
    this.startAll();
  }

  static fresh(id: string, restart: Restart, fixed: boolean): ModelChild {
    return { id, restart, fixed, is: 'turn', at: 0, dismissed: false, failures: 0, restarts: 0 };
  }

  exit(child: ModelChild, how: 'crash' | 'finish'): void {
    this.log.push(`${how === 'crash' ? 'failed' : 'normal'} ${child.id}`);
    const comesBack = child.restart === 'permanent' || (child.restart === 'transient' && how === 'crash');
    if (!comesBack) {
      this.endFor(child);
      return;
    }
    this.restartTimes = this.restartTimes.filter((time) => this.now - time < this.intensity.periodMs);
    if (this.restartTimes.length >= this.intensity.restarts) {
      this.log.push(`escalated over ${child.id}`);
      child.is = 'over';
      this.gaveUp = true;
      this.stopAll();
      return;
    }
    this.restartTimes.push(this.now);
    if (this.now - child.at >= this.intensity.periodMs) child.failures = 0;
    const delay = Math.min(backoff.maxMs, backoff.minMs * 2 ** child.failures);
    child.failures += 1;
    child.restarts += 1;
    child.is = 'due';
    child.at = this.now + delay;
    this.log.push(`restart ${child.id} #${child.restarts} in ${delay}`);
    if (!child.fixed || this.strategy === 'one-for-one') return;
    const from = this.strategy === 'rest-for-one' ? this.children.indexOf(child) + 1 : 0;
    this.takeAlong(this.children.slice(from).filter((other) => other !== child));
  }

  terminate(child: ModelChild): void {
    if (child.is === 'up') this.log.push(`stopped ${child.id}`);
    child.dismissed = true;
    this.endFor(child);
    this.startAll();
  }

  add(id: string, restart: Restart): void {
    const old = this.children.find((child) => child.id === id);
    if (old) Object.assign(old, Model.fresh(id, restart, true));
    else this.children.push(Model.fresh(id, restart, false));
    this.startAll();
  }

  tick(): void {
    this.now += 1;
    for (const child of this.children) if (child.is === 'due' && child.at === this.now) child.is = 'turn';
    this.startAll();
  }

  stopAll(): void {
    this.takeAlong(this.children, true);
  }

  private takeAlong(group: ModelChild[], forGood = false): void {
    const inOrder = [
      ...group.filter((child) => !child.fixed),
      ...group.filter((child) => child.fixed).reverse(),
    ];
    for (const child of inOrder) {
      const wasUp = child.is === 'up';
      if (wasUp) {
        this.log.push(`stopped ${child.id}`);
        if (this.now - child.at >= this.intensity.periodMs) child.failures = 0;
      }
      if ((forGood && child.is !== 'over') || (wasUp && child.restart === 'temporary')) this.endFor(child);
      else if (child.is !== 'over' || !(forGood || child.dismissed || child.restart === 'temporary'))
        child.is = 'turn';
    }
  }

  private endFor(child: ModelChild): void {
    child.is = 'over';
    if (!child.fixed) this.children = this.children.filter((other) => other !== child);
  }

  private startAll(): void {
    const fixed = this.children.filter((child) => child.fixed);
    for (const child of this.children) {
      if (child.is !== 'turn') continue;
      const before = child.fixed ? fixed.slice(0, fixed.indexOf(child)) : fixed;
      const isFree =
        this.strategy === 'one-for-one' ||
        (!fixed.some((each) => each.is === 'due') &&
          before.every((each) => each.is === 'up' || each.is === 'over'));
      if (!isFree) continue;
      child.is = 'up';
      child.at = this.now;
      this.log.push(`start ${child.id}`);
    }
  }
}

const anySteps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'finish' as const), who }) },
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 60 }) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('terminate' as const, 'again' as const), who }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('add' as const), restart: anyRestart }) },
  ),
  { maxLength: 60 },
);

/** Timers of independent children that end in the same millisecond fire in no certain order. */
function untied(lines: string[], strategy: Strategy): string[] {
  const ordered = strategy === 'one-for-one' ? [] : lines.filter((line) => line.includes(' f'));
  return [...ordered, ...lines.filter((line) => !ordered.includes(line)).sort()];
}

describe('a supervisor, step by step beside a model of OTP', () => {
  it('runs the same children, restarts them at the same times, stops them in the same order, gives up alike', () => {
    const seen = { gaveUp: 0, restarts: 0 };
    const restartTypes = fc.array(anyRestart, { minLength: 1, maxLength: 5 });
    const property = fc.property(
      restartTypes,
      anyStrategy,
      anyIntensity,
      anySteps,
      (types, strategy, intensity, steps) => {
        const model = new Model(types, strategy, intensity);
        const fixed = types.map((restart, i) => worker(`f${i}`, { restart }));
        const top = supervise(fixed, { strategy, intensity, backoff });
        top.actor.start();
        let added = 0;
        for (const step of steps) {
          if (model.gaveUp) break;
          if (step.do === 'pass') {
            for (let i = 0; i < step.ms; i += 1) {
              model.tick();
              top.pass(1);
              expect(untied(news(top), strategy)).toEqual(untied(model.log.splice(0), strategy));
            }
          } else if (step.do === 'add') {
            added += 1;
            model.add(`d${added}`, step.restart);
            top.actor.send({
              type: 'supervisor.start',
              spec: worker(`d${added}`, { restart: step.restart }),
            });
          } else {
            const child = model.children[step.who % model.children.length];
            if (child === undefined) continue;
            if (step.do === 'again' && child.is === 'over') {
              model.add(child.id, child.restart);
              top.actor.send({
                type: 'supervisor.start',
                spec: worker(child.id, { restart: child.restart }),
              });
            } else if (step.do === 'terminate' && child.is !== 'over') {
              model.terminate(child);
              top.actor.send({ type: 'supervisor.terminate', id: child.id });
            } else if ((step.do === 'crash' || step.do === 'finish') && child.is === 'up') {
              model.exit(child, step.do);
              top.tell(child.id, step.do);
            }
          }
          expect(news(top)).toEqual(model.log.splice(0));
          expect(running(top)).toEqual(upIn(model));
          expect(restartCounts(top)).toEqual(model.children.map(({ id, restarts }) => [id, restarts]));
        }
        if (!model.gaveUp) {
          model.stopAll();
          top.actor.send({ type: 'supervisor.stop' });
          expect(news(top)).toEqual(model.log);
        }
        seen.restarts += model.children.reduce((sum, { restarts }) => sum + restarts, 0);
        seen.gaveUp += model.gaveUp ? 1 : 0;
        expect(top.actor.getSnapshot().output?.outcome).toBe(model.gaveUp ? 'escalated' : 'stopped');
        expect(top.actor.getSnapshot().children).toEqual({});
      },
    );
    fc.assert(property, { numRuns: 600 });
    expect(seen.gaveUp).toBeGreaterThan(50);
    expect(seen.restarts).toBeGreaterThan(100);
  });
});

describe('a supervisor of slow, stubborn and late children', () => {
  const anyFixed = fc.array(
    fc.record({
      logic: fc.constantFrom(obedient, slow, stubborn),
      restart: anyRestart,
      shutdownMs: fc.constantFrom(0, 10, 30, 'brutal' as const),
      late: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  );
  const anyEvents = fc.array(
    fc.oneof(
      fc.record({
        send: fc.constantFrom('crash' as const, 'finish' as const, 'up' as const, 'gone' as const),
        who,
      }),
      fc.record({ send: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ send: fc.constant('terminate' as const), who }),
    ),
    { maxLength: 60 },
  );

  it('never has two of a child, respects the order of starts and stops, stays within its budget and always ends', () => {
    const property = fc.property(
      anyFixed,
      anyStrategy,
      anyIntensity,
      anyEvents,
      (fixed, strategy, intensity, events) => {
        const children = fixed.map(({ late, ...spec }, i) =>
          worker(`f${i}`, { ...spec, ...(late ? { readyMs: 25 } : {}) }),
        );
        const top = supervise(children, { strategy, intensity, backoff });
        const alive = new Set<string>();
        const violations: string[] = [];
        top.actor.on('child.started', ({ id }) => {
          if (alive.has(id)) violations.push(`${id} started twice`);
          alive.add(id);
          if (strategy === 'one-for-one') return;
          const tree = describeTree(top.actor.getSnapshot());
          const tooEarly = tree
            .slice(
              0,
              tree.findIndex((each) => each.id === id),
            )
            .filter(({ state }) => !isSettled(state));
          if (tooEarly.length > 0)
            violations.push(`${id} started before ${tooEarly.map((each) => each.id).join()}`);
        });
        top.actor.on('child.exited', ({ id }) => {
          if (!alive.delete(id)) violations.push(`${id} exited twice`);
        });
        top.actor.start();
        const isConsistent = () => {
          const snapshot = top.actor.getSnapshot();
          expect(violations).toEqual([]);
          expect(snapshot.status).not.toBe('error');
          expect(snapshot.context.spent).toBeLessThanOrEqual(intensity.restarts);
          expect(Object.keys(snapshot.children).sort()).toEqual([...alive].sort());
          expect(running(top)).toEqual([...alive].sort());
          for (const id of alive) expect(top.actor.system.get(id)).toBe(snapshot.children[id]);
        };
        for (const event of events) {
          if (event.send === 'pass') top.pass(event.ms);
          else if (event.send === 'terminate')
            top.actor.send({ type: 'supervisor.terminate', id: `f${event.who}` });
          else if (alive.has(`f${event.who % fixed.length}`))
            top.tell(`f${event.who % fixed.length}`, event.send);
          isConsistent();
          if (top.actor.getSnapshot().status !== 'active') break;
        }
        const stopping = describeTree(top.actor.getSnapshot()).filter(({ state }) => state === 'stopping');
        top.news();
        if (top.actor.getSnapshot().status === 'active') top.actor.send({ type: 'supervisor.stop' });
        top.pass(30 * fixed.length);
        isConsistent();
        expect(top.actor.getSnapshot().status).toBe('done');
        expect(alive.size).toBe(0);
        const stopped = top.news().map((line) => /^(?:stopped|killed) (\w+)/.exec(line)?.[1] ?? '');
        const inTurn = stopped.filter((id) => id !== '' && !stopping.some((each) => each.id === id));
        expect(inTurn).toEqual([...inTurn].sort().reverse());
      },
    );
    fc.assert(property, { numRuns: 400 });
  });
});

type Top = ReturnType<typeof supervise>;

function news(top: Top): string[] {
  return top.news().flatMap((line) => (line.startsWith('ready') ? [] : [line.replace(/:.*/, '')]));
}

function running(top: Top): string[] {
  return describeTree(top.actor.getSnapshot())
    .filter(({ state }) => state === 'running' || state === 'starting' || state === 'stopping')
    .map(({ id }) => id)
    .sort();
}

function upIn(model: Model): string[] {
  return model.children
    .filter(({ is }) => is === 'up')
    .map(({ id }) => id)
    .sort();
}

function restartCounts(top: Top): Array<[string, number]> {
  return describeTree(top.actor.getSnapshot()).map(({ id, restarts }) => [id, restarts]);
}

function isSettled(state: string): boolean {
  return ['running', 'stopped', 'failed', 'killed'].includes(state);
}
