import { describe, expect, it } from 'vitest';
import { fromCallback, fromTransition, toPromise } from 'xstate';
import { supervisorMachine } from '../../../machines/supervisor/machine.ts';
import { slow, stubborn, supervise, worker } from './harness.ts';

describe('stopping', () => {
  it.each(['supervisor.stop', 'child.stop'] as const)(
    'on %s stops one child after the other in reverse order, each only when the later one is gone',
    (type) => {
      const top = supervise(['a', 'b', 'c'].map((id) => worker(id, { logic: slow })));
      top.actor.start();
      top.news();
      top.actor.send({ type });
      expect(top.states()).toEqual({ a: 'running', b: 'running', c: 'stopping' });
      top.tell('c', 'gone');
      expect(top.states()).toEqual({ a: 'running', b: 'stopping', c: 'stopped' });
      top.tell('b', 'gone');
      top.pass(99);
      expect(top.actor.getSnapshot().value).toBe('stopping');
      top.tell('a', 'gone');
      expect(top.news()).toEqual(['stopped c', 'stopped b', 'stopped a']);
      expect(top.actor.getSnapshot()).toMatchObject({ status: 'done', output: { outcome: 'stopped' } });
    },
  );

  it('kills a child that ignores child.stop at its deadline, records that, and goes on', () => {
    const children = [worker('a'), worker('b', { logic: stubborn, shutdownMs: 30 }), worker('c')];
    const top = supervise(children);
    top.actor.start();
    top.news();
    top.actor.send({ type: 'supervisor.stop' });
    top.pass(29);
    expect(top.states()).toEqual({ a: 'running', b: 'stopping', c: 'stopped' });
    top.pass(1);
    expect(top.news()).toEqual(['stopped c', 'killed b: still alive 30 ms after child.stop', 'stopped a']);
    expect(top.states()).toEqual({ a: 'stopped', b: 'killed', c: 'stopped' });
    expect(top.actor.getSnapshot().output).toEqual({ outcome: 'stopped' });
  });

  it('disposes of a callback actor that knows nothing of child.stop when its time is up', () => {
    let disposed = 0;
    const logic = fromCallback(() => () => void (disposed += 1));
    const top = supervise([
      worker('a', { logic, shutdownMs: 5 }),
      worker('b', { logic, shutdownMs: 'brutal' }),
    ]);
    top.actor.start();
    top.actor.send({ type: 'supervisor.stop' });
    expect(disposed).toBe(1);
    top.pass(5);
    expect(disposed).toBe(2);
    expect(top.states()).toEqual({ a: 'killed', b: 'stopped' });
  });

  it('is not disturbed by children that crash meanwhile, in their turn or before it', () => {
    const children = [
      worker('a', { logic: slow }),
      worker('b', { logic: slow }),
      worker('c', {
        logic: fromTransition(() => {
          throw new Error('crashed on child.stop');
        }, undefined),
      }),
    ];
    const top = supervise(children, { intensity: { restarts: 0, periodMs: 1_000 } });
    top.actor.start();
    top.news();
    top.actor.send({ type: 'supervisor.stop' });
    expect(top.states()).toEqual({ a: 'running', b: 'stopping', c: 'failed' });
    top.tell('a', 'crash');
    expect(top.actor.getSnapshot().value).toBe('stopping');
    top.tell('b', 'crash');
    expect(top.news()).toEqual(['failed c: crashed on child.stop', 'failed a: boom', 'failed b: boom']);
    expect(top.actor.getSnapshot().output).toEqual({ outcome: 'stopped' });
  });

  it('forgets restarts and starts that were still to come', () => {
    const top = supervise([worker('a'), worker('b', { readyMs: 500, logic: slow }), worker('c')]);
    top.actor.start();
    top.tell('a', 'crash');
    expect(top.states()).toEqual({ a: 'restarting', b: 'starting', c: 'waiting' });
    top.news();
    top.actor.send({ type: 'supervisor.stop' });
    expect(top.states()).toEqual({ a: 'stopped', b: 'stopping', c: 'stopped' });
    top.tell('b', 'gone');
    top.pass(1_000);
    expect(top.news()).toEqual(['stopped b']);
    expect(top.actor.getSnapshot().output).toEqual({ outcome: 'stopped' });
  });

  it('leaves no timer behind', () => {
    const top = supervise([worker('a'), worker('b', { readyMs: 500 }), worker('c')]);
    top.actor.start();
    top.tell('a', 'crash');
    top.tell('b', 'up');
    top.pass(10);
    top.tell('c', 'crash');
    top.actor.send({ type: 'supervisor.stop' });
    expect(scheduledEvents(top.actor.system)).toEqual([]);
  });

  it('stops branches from their leaves up', () => {
    const branch = { children: [worker('b1'), worker('b2', { logic: slow })] };
    const top = supervise([
      worker('a'),
      worker('b', { logic: supervisorMachine, input: branch }),
      worker('c'),
    ]);
    top.actor.start();
    top.news();
    top.actor.send({ type: 'supervisor.stop' });
    top.tell('b2', 'gone');
    expect(top.news()).toEqual(['stopped c', 'b/stopped b2', 'b/stopped b1', 'stopped b', 'stopped a']);
  });

  it('stops dynamic children together, and the fixed ones after them', () => {
    const top = supervise([worker('a')]);
    top.actor.start();
    for (const id of ['x', 'y']) {
      top.actor.send({ type: 'supervisor.start', spec: worker(id, { restart: 'temporary', logic: slow }) });
    }
    top.news();
    top.actor.send({ type: 'supervisor.stop' });
    expect(top.states()).toEqual({ a: 'running', x: 'stopping', y: 'stopping' });
    top.tell('x', 'gone');
    expect(top.states()).toEqual({ a: 'running', y: 'stopping' });
    top.tell('y', 'gone');
    expect(top.news()).toEqual(['stopped x', 'stopped y', 'stopped a']);
  });

  it('starts nobody while it stops', () => {
    const top = supervise([worker('a', { logic: slow })]);
    top.actor.start();
    top.actor.send({ type: 'supervisor.stop' });
    top.news();
    top.actor.send({ type: 'supervisor.start', spec: worker('x') });
    top.actor.send({ type: 'supervisor.terminate', id: 'a' });
    top.actor.send({ type: 'supervisor.stop' });
    expect(top.news()).toEqual(['refused x: the supervisor is stopping']);
    expect(top.states()).toEqual({ a: 'stopping' });
  });

  it('keeps its first reason when it is told to stop while it gives up', async () => {
    const top = supervise([worker('a', { logic: slow }), worker('b')], {
      intensity: { restarts: 0, periodMs: 1_000 },
    });
    const output = toPromise(top.actor);
    top.actor.start();
    top.tell('b', 'crash');
    expect(top.actor.getSnapshot().value).toBe('escalating');
    top.actor.send({ type: 'supervisor.stop' });
    top.tell('a', 'gone');
    await expect(output).resolves.toEqual({ outcome: 'escalated', childId: 'b', error: 'boom' });
  });

  it('finishes giving up although another child crashes meanwhile', () => {
    const top = supervise([worker('a', { logic: slow }), worker('b', { logic: slow }), worker('c')], {
      intensity: { restarts: 0, periodMs: 1_000 },
    });
    top.actor.start();
    top.tell('c', 'crash');
    top.tell('a', 'crash');
    top.tell('b', 'gone');
    expect(top.states()).toEqual({ a: 'failed', b: 'stopped', c: 'failed' });
    expect(top.actor.getSnapshot().output).toEqual({ outcome: 'escalated', childId: 'c', error: 'boom' });
  });
});

describe('dynamic children', () => {
  it('start at once, restart by their type, and are forgotten when they end for good', () => {
    const top = supervise([worker('a')]);
    top.actor.start();
    top.news();
    top.actor.send({ type: 'supervisor.start', spec: worker('x', { restart: 'transient' }) });
    top.tell('x', 'crash');
    top.pass(10);
    top.tell('x', 'finish');
    expect(top.news()).toEqual([
      ...['start x', 'ready x', 'failed x: boom', 'restart x #1 in 10'],
      ...['start x', 'ready x', 'normal x'],
    ]);
    expect(top.states()).toEqual({ a: 'running' });
    expect(top.actor.system.get('x')).toBeUndefined();
  });

  it('wait until the fixed children are up', () => {
    const top = supervise([worker('a', { readyMs: 100 })], { strategy: 'rest-for-one' });
    top.actor.start();
    top.actor.send({ type: 'supervisor.start', spec: worker('x') });
    expect(top.states()).toEqual({ a: 'starting', x: 'waiting' });
    top.tell('a', 'up');
    expect(top.states()).toEqual({ a: 'running', x: 'running' });
  });

  it('go with a fixed child under rest-for-one, but take nobody with them', () => {
    const top = supervise([worker('a')], { strategy: 'rest-for-one' });
    top.actor.start();
    top.actor.send({ type: 'supervisor.start', spec: worker('x') });
    top.actor.send({ type: 'supervisor.start', spec: worker('y', { restart: 'temporary' }) });
    top.tell('x', 'crash');
    expect(top.states()).toEqual({ a: 'running', x: 'restarting', y: 'running' });
    top.pass(10);
    top.tell('a', 'crash');
    expect(top.states()).toEqual({ a: 'restarting', x: 'waiting' });
    top.pass(10);
    expect(top.states()).toEqual({ a: 'running', x: 'running' });
  });

  it('are terminated at once when they are waiting, in order when they live, without a restart', () => {
    const top = supervise([]);
    top.actor.start();
    top.actor.send({ type: 'supervisor.start', spec: worker('x', { logic: slow }) });
    top.actor.send({ type: 'supervisor.start', spec: worker('y') });
    top.tell('y', 'crash');
    top.news();
    top.actor.send({ type: 'supervisor.terminate', id: 'x' });
    top.actor.send({ type: 'supervisor.terminate', id: 'y' });
    top.actor.send({ type: 'supervisor.terminate', id: 'nobody' });
    expect(top.states()).toEqual({ x: 'stopping' });
    top.pass(100);
    expect(top.news()).toEqual(['killed x: still alive 100 ms after child.stop']);
    expect(top.states()).toEqual({});
    expect(top.actor.getSnapshot().value).toEqual({ active: 'running' });
  });

  it('have one deadline, however often they are terminated', () => {
    const top = supervise([]);
    top.actor.start();
    top.actor.send({ type: 'supervisor.start', spec: worker('x', { logic: slow }) });
    top.actor.send({ type: 'supervisor.terminate', id: 'x' });
    top.pass(60);
    top.actor.send({ type: 'supervisor.terminate', id: 'x' });
    top.pass(40);
    expect(top.states()).toEqual({});
  });

  it('are refused when the id is in use or the spec cannot work', () => {
    const top = supervise([worker('a')]);
    top.actor.start();
    top.news();
    top.actor.send({ type: 'supervisor.start', spec: worker('a') });
    top.actor.send({ type: 'supervisor.start', spec: worker('x', { shutdownMs: Infinity }) });
    expect(top.news()).toEqual([
      'refused a: it is running',
      'refused x: shutdownMs must be 0 to 2147483647 milliseconds, not Infinity',
    ]);
  });

  it('include a fixed child that was terminated: it starts again in its old place', () => {
    const top = supervise([worker('a'), worker('b')]);
    top.actor.start();
    top.actor.send({ type: 'supervisor.terminate', id: 'a' });
    expect(top.states()).toEqual({ a: 'stopped', b: 'running' });
    top.actor.send({ type: 'supervisor.start', spec: worker('a') });
    expect(Object.entries(top.states())).toEqual([
      ['a', 'running'],
      ['b', 'running'],
    ]);
  });

  it('leave no trace, however many have come and gone', () => {
    const top = supervise([worker('a')]);
    top.actor.start();
    for (let i = 0; i < 5_000; i += 1) {
      const spec = worker(`task-${i}`, { restart: 'temporary', readyMs: 1_000 });
      top.actor.send({ type: 'supervisor.start', spec });
      if (i % 3 === 0) top.tell(spec.id, 'crash');
      else if (i % 3 === 1) top.tell(spec.id, 'finish');
      else top.actor.send({ type: 'supervisor.terminate', id: spec.id });
      top.news();
    }
    const { children, context } = top.actor.getSnapshot();
    expect(Object.keys(children)).toEqual(['a']);
    expect(context.children.map(({ spec }) => spec.id)).toEqual(['a']);
    expect(Object.keys(top.actor.system.getAll())).toEqual(['a']);
    expect(scheduledEvents(top.actor.system)).toEqual([]);
  });
});

function scheduledEvents(system: { getSnapshot: () => unknown }): string[] {
  return Object.keys((system.getSnapshot() as { _scheduledEvents: object })._scheduledEvents);
}
