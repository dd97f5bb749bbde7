import { describe, expect, it } from 'vitest';
import { fromCallback } from 'xstate';
import { supervisorMachine } from '../../../machines/supervisor/machine.ts';
import { describe as describeTree, isSupervisorSnapshot } from '../../../machines/supervisor/describe.ts';
import { watchSupervisor } from '../../../machines/supervisor/watch.ts';
import { slow, supervise, worker } from './harness.ts';

const branch = { children: [worker('leaf')], intensity: { restarts: 1, periodMs: 1_000 } };

describe('the description of a supervisor', () => {
  it('names every child with its state, restarts, last error, time and, for a machine, its own state', () => {
    const children = [
      worker('a', { logic: slow }),
      worker('b', { logic: supervisorMachine, input: { ...branch, now: () => 7 } }),
      worker('c', { logic: fromCallback(() => {}), restart: 'transient' }),
      worker('d', { readyMs: 1_000 }),
      worker('e', { restart: 'temporary' }),
    ];
    const top = supervise(children);
    top.clock.increment(5);
    top.actor.start();
    top.actor.send({ type: 'child.failed', id: 'c', error: new Error('no socket') });
    top.pass(10);
    top.actor.send({ type: 'supervisor.terminate', id: 'a' });
    expect(describeTree(top.actor.getSnapshot())).toEqual([
      { id: 'a', state: 'stopping', restart: 'permanent', restarts: 0, since: 15, value: 'cleaning' },
      {
        id: 'b',
        state: 'running',
        restart: 'permanent',
        restarts: 0,
        since: 5,
        value: { active: 'running' },
        children: [
          { id: 'leaf', state: 'running', restart: 'permanent', restarts: 0, since: 7, value: 'working' },
        ],
      },
      { id: 'c', state: 'running', restart: 'transient', restarts: 1, since: 15, lastError: 'no socket' },
      { id: 'd', state: 'starting', restart: 'permanent', restarts: 0, since: 5, value: 'working' },
      { id: 'e', state: 'waiting', restart: 'temporary', restarts: 0, since: 0 },
    ]);
  });

  it('outlives the supervisor', () => {
    const top = supervise([worker('a')], { intensity: { restarts: 0, periodMs: 1_000 } });
    top.actor.start();
    top.tell('a', 'crash');
    expect(describeTree(top.actor.getSnapshot())).toEqual([
      { id: 'a', state: 'failed', restart: 'permanent', restarts: 0, since: 0, lastError: 'boom' },
    ]);
  });

  it('cuts an endless error text', () => {
    const top = supervise([worker('a', { restart: 'temporary' })]);
    top.actor.start();
    top.actor.send({ type: 'child.failed', id: 'a', error: new Error('x'.repeat(100_000)) });
    expect(describeTree(top.actor.getSnapshot())[0]?.lastError).toHaveLength(500);
  });

  it('knows a supervisor from another machine', () => {
    const top = supervise([worker('a')]);
    top.actor.start();
    expect(isSupervisorSnapshot(top.actor.getSnapshot())).toBe(true);
    expect(isSupervisorSnapshot(top.actor.getSnapshot().children['a']?.getSnapshot())).toBe(false);
    expect(isSupervisorSnapshot(undefined)).toBe(false);
  });
});

describe('watching a supervisor', () => {
  it('survives an observer that throws, as the other observers do', () => {
    const top = supervise([worker('a')]);
    const thrown: unknown[] = [];
    const bad = () => {
      throw new Error('bad observer');
    };
    watchSupervisor(top.actor, bad, (error) => thrown.push(error));
    top.actor.start();
    top.tell('a', 'crash');
    expect(thrown).toEqual(Array.from({ length: 4 }, () => new Error('bad observer')));
    expect(top.news()).toEqual(['start a', 'ready a', 'failed a: boom', 'restart a #1 in 10']);
    expect(top.states()).toEqual({ a: 'restarting' });
  });

  it('hears every incarnation of a branch once, and nothing after it was ended', () => {
    const top = supervise([worker('branch', { logic: supervisorMachine, input: branch })]);
    const heard: string[] = [];
    const unwatch = watchSupervisor(
      top.actor,
      (fact, path) => heard.push([...path, fact.type].join('/')),
      (error) => {
        throw error;
      },
    );
    top.actor.start();
    (top.actor.system.get('branch') as typeof top.actor).send({ type: 'supervisor.stop' });
    top.pass(10);
    expect(heard).toEqual([
      ...['child.started', 'branch/child.started', 'branch/child.ready', 'child.ready'],
      ...['branch/child.exited', 'child.exited', 'child.restarting'],
      ...['child.started', 'branch/child.started', 'branch/child.ready', 'child.ready'],
    ]);
    unwatch();
    top.tell('leaf', 'crash');
    top.actor.send({ type: 'supervisor.stop' });
    expect(heard).toHaveLength(11);
  });
});
