import { describe, expect, it } from 'vitest';
import { createActor, fromCallback, fromPromise, setup, toPromise } from 'xstate';
import { supervisorMachine } from '../../../machines/supervisor/machine.ts';
import { childSpec } from '../../../machines/supervisor/spec.ts';
import { obedient, slow, supervise, worker } from './harness.ts';
import { eventually } from '../../helpers/eventually.ts';

describe('starting', () => {
  it('starts the children in the order of their specs', () => {
    const top = supervise([worker('a'), worker('b'), worker('c')]);
    top.actor.start();
    expect(top.news()).toEqual(['start a', 'ready a', 'start b', 'ready b', 'start c', 'ready c']);
    expect(top.actor.getSnapshot().value).toEqual({ active: 'running' });
    expect(Object.keys(top.actor.system.getAll()).sort()).toEqual(['a', 'b', 'c']);
  });

  it('starts the next child only when one with readyMs has said that it is ready', () => {
    const top = supervise([worker('a', { readyMs: 50 }), worker('b')]);
    top.actor.start();
    top.pass(49);
    expect(top.states()).toEqual({ a: 'starting', b: 'waiting' });
    expect(top.actor.getSnapshot().value).toEqual({ active: 'starting' });
    top.tell('a', 'up');
    top.pass(100);
    expect(top.news()).toEqual(['start a', 'ready a', 'start b', 'ready b']);
    expect(top.actor.getSnapshot().value).toEqual({ active: 'running' });
  });

  it('counts a start that takes longer than readyMs as a failure, after stopping the child in order', () => {
    const top = supervise([worker('a', { readyMs: 50, logic: slow }), worker('b')]);
    top.actor.start();
    top.pass(50);
    expect(top.states()).toEqual({ a: 'stopping', b: 'waiting' });
    top.tell('a', 'gone');
    expect(top.news()).toEqual([
      'start a',
      'failed a: not ready 50 ms after its start',
      'restart a #1 in 10',
    ]);
    top.pass(10);
    top.actor.send({ type: 'child.ready', id: 'a' });
    expect(top.news()).toEqual(['start a', 'ready a', 'start b', 'ready b']);
  });

  it('does not start the next child while the first start of one fails', () => {
    let attempts = 0;
    const flaky = fromCallback(() => {
      attempts += 1;
      if (attempts < 3) throw new Error(`attempt ${attempts}`);
    });
    const top = supervise([worker('a', { logic: flaky }), worker('b')]);
    top.actor.start();
    expect(top.states()).toEqual({ a: 'restarting', b: 'waiting' });
    top.pass(30);
    expect(top.news()).toEqual([
      ...['start a', 'failed a: attempt 1', 'restart a #1 in 10'],
      ...['start a', 'failed a: attempt 2', 'restart a #2 in 20'],
      ...['start a', 'ready a', 'start b', 'ready b'],
    ]);
  });

  it('goes on to the next child when a transient one is through before it was ready', () => {
    const top = supervise([worker('a', { readyMs: 50, restart: 'transient' }), worker('b')]);
    top.actor.start();
    top.tell('a', 'finish');
    expect(top.news()).toEqual(['start a', 'normal a', 'start b', 'ready b']);
    expect(top.actor.getSnapshot().value).toEqual({ active: 'running' });
  });

  it('calls an input function anew at every start and takes a throwing one as a failed start', () => {
    const inputs: unknown[] = [];
    const logic = fromCallback<{ type: 'x' }, number>(({ input }) => void inputs.push(input));
    let calls = 0;
    const input = () => {
      calls += 1;
      if (calls === 1) throw new Error('no input yet');
      return calls;
    };
    const top = supervise([
      childSpec({ id: 'a', logic, input, restart: 'permanent', shutdownMs: 'brutal' }),
      worker('b'),
    ]);
    top.actor.start();
    top.pass(10);
    top.actor.send({ type: 'child.failed', id: 'a', error: new Error('later') });
    top.pass(20);
    expect(inputs).toEqual([2, 3]);
    expect(top.log.slice(0, 3)).toEqual(['start a', 'failed a: no input yet', 'restart a #1 in 10']);
    expect(top.actor.getSnapshot().status).toBe('active');
  });

  it('takes a system id that another actor holds as a failed start', () => {
    const branch = { children: [worker('a')], random: () => 1 };
    const top = supervise([worker('a'), worker('b', { logic: supervisorMachine, input: branch })]);
    top.actor.start();
    expect(top.news()).toEqual([
      ...['start a', 'ready a', 'start b', 'b/start a', 'b/failed a: the system id "a" is taken'],
      ...['b/restart a #1 in 80', 'ready b'],
    ]);
    expect(top.states()).toEqual({ a: 'running', b: 'running' });
  });

  it('refuses a family that cannot work', () => {
    const twins = createActor(supervisorMachine, { input: { children: [worker('a'), worker('a')] } });
    twins.subscribe({ error: () => {} });
    twins.start();
    expect(twins.getSnapshot().error).toEqual(
      new RangeError('supervisor: child "a" cannot be used: its id is taken by an earlier child'),
    );
  });
});

describe('exits', () => {
  it.each([
    { restart: 'permanent', how: 'finish', state: 'restarting', spent: 1 },
    { restart: 'permanent', how: 'crash', state: 'restarting', spent: 1 },
    { restart: 'transient', how: 'finish', state: 'stopped', spent: 0 },
    { restart: 'transient', how: 'crash', state: 'restarting', spent: 1 },
    { restart: 'temporary', how: 'finish', state: 'stopped', spent: 0 },
    { restart: 'temporary', how: 'crash', state: 'failed', spent: 0 },
  ] as const)(
    'leaves a $restart child $state after $how, for $spent of the budget',
    ({ restart, how, state, spent }) => {
      const top = supervise([worker('a', { restart }), worker('b')]);
      top.actor.start();
      top.tell('a', how);
      expect(top.states()).toEqual({ a: state, b: 'running' });
      expect(top.actor.getSnapshot().context.spent).toBe(spent);
      top.pass(500);
      expect(top.states()).toEqual({ a: state === 'restarting' ? 'running' : state, b: 'running' });
      expect(Object.keys(top.actor.getSnapshot().children)).toEqual(
        state === 'restarting' ? ['b', 'a'] : ['b'],
      );
    },
  );

  it('never restarts a temporary child and never spends the budget on it', () => {
    const top = supervise([worker('a')], { intensity: { restarts: 0, periodMs: 1_000 } });
    top.actor.start();
    for (let i = 0; i < 50; i += 1) {
      top.actor.send({ type: 'supervisor.start', spec: worker('t', { restart: 'temporary' }) });
      top.tell('t', 'crash');
    }
    expect(top.states()).toEqual({ a: 'running' });
    expect(top.log.filter((each) => each === 'failed t: boom')).toHaveLength(50);
    expect(top.actor.getSnapshot().value).toEqual({ active: 'running' });
  });

  it('keeps the system id across restarts', () => {
    const top = supervise([worker('a')]);
    top.actor.start();
    const first: unknown = top.actor.system.get('a');
    top.tell('a', 'crash');
    expect(top.actor.system.get('a')).toBeUndefined();
    top.pass(10);
    expect(top.actor.system.get('a')).toBe(top.actor.getSnapshot().children['a']);
    expect(top.actor.system.get('a')).not.toBe(first);
  });

  it('ignores exits of an earlier incarnation and of strangers', () => {
    const top = supervise([worker('a')]);
    top.actor.start();
    top.tell('a', 'crash');
    top.pass(10);
    top.news();
    top.actor.send({ type: 'xstate.error.actor.a', actorId: 'a', error: new Error('late') });
    top.actor.send({ type: 'xstate.done.actor.a', actorId: 'a', output: undefined });
    top.actor.send({ type: 'xstate.error.actor.nobody', actorId: 'nobody', error: new Error('who?') });
    top.actor.send({ type: 'supervisor.overdue', id: 'a', incarnation: 1, phase: 'running' });
    top.actor.send({ type: 'child.ready', id: 'nobody' });
    expect(top.news()).toEqual([]);
    expect(top.states()).toEqual({ a: 'running' });
    top.tell('a', 'crash');
    expect(top.news().at(-1)).toBe('restart a #2 in 20');
  });

  it('stops what a crashed machine leaves running, so that its next incarnation can have the same names', () => {
    const lives: string[] = [];
    const organ = fromCallback(() => {
      lives.push('born');
      return () => void lives.push('buried');
    });
    const body = setup({
      types: { events: {} as { type: 'crash' } },
      actors: { organ },
      actions: {
        crash: () => {
          throw new Error('boom');
        },
      },
    }).createMachine({
      invoke: { src: 'organ', systemId: 'organ' },
      on: { crash: { actions: 'crash' } },
    });
    const top = supervise([worker('body', { logic: body })]);
    top.actor.start();
    top.tell('body', 'crash');
    expect(lives).toEqual(['born', 'buried']);
    top.pass(10);
    expect(lives).toEqual(['born', 'buried', 'born']);
    expect(top.news().slice(-2)).toEqual(['start body', 'ready body']);
  });

  it('supervises promise actors: a rejection is a crash, and stopping aborts', async () => {
    const signals: AbortSignal[] = [];
    const rejections: Array<(reason: Error) => void> = [];
    const logic = fromPromise(({ signal }) => {
      signals.push(signal);
      return new Promise((_, reject) => rejections.push(reject));
    });
    const top = supervise([worker('a', { logic, shutdownMs: 'brutal' })]);
    top.actor.start();
    rejections[0]?.(new Error('no luck'));
    await eventually(() => expect(top.states()).toEqual({ a: 'restarting' }));
    top.pass(10);
    top.actor.send({ type: 'supervisor.stop' });
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
    expect(top.news()).toEqual([
      ...['start a', 'ready a', 'failed a: no luck', 'restart a #1 in 10'],
      ...['start a', 'ready a', 'stopped a'],
    ]);
  });

  it('lets a callback actor say that it has failed or is through, and disposes of it', () => {
    let disposed = 0;
    const logic = fromCallback<{ type: string }>(({ receive, sendBack }) => {
      receive(({ type }) => {
        if (type === 'crash') sendBack({ type: 'child.failed', id: 'a', error: new Error('socket closed') });
        if (type === 'child.stop') sendBack({ type: 'child.stopped', id: 'a' });
      });
      return () => {
        disposed += 1;
        throw new Error('a clean-up that fails hurts nobody');
      };
    });
    const top = supervise([worker('a', { logic })]);
    top.actor.start();
    top.tell('a', 'crash');
    expect(disposed).toBe(1);
    top.pass(10);
    top.actor.send({ type: 'supervisor.stop' });
    expect(disposed).toBe(2);
    expect(top.news()).toEqual([
      ...['start a', 'ready a', 'failed a: socket closed', 'restart a #1 in 10'],
      ...['start a', 'ready a', 'stopped a'],
    ]);
    expect(top.actor.getSnapshot().output).toEqual({ outcome: 'stopped' });
  });

  it('survives a child that throws something without a text', () => {
    const logic = fromCallback(() => {
      throw Object.create(null) as Error;
    });
    const top = supervise([worker('a', { logic, restart: 'temporary' })]);
    top.actor.start();
    expect(top.news()).toEqual(['start a', 'failed a: an error without a text']);
  });
});

describe('backoff', () => {
  it('doubles the wait with every failure in a row, up to its maximum', () => {
    const top = supervise([worker('a')], { intensity: { restarts: 9, periodMs: 1_000 } });
    top.actor.start();
    for (const wait of [10, 20, 40, 40]) {
      top.tell('a', 'crash');
      top.pass(wait - 1);
      expect(top.states()).toEqual({ a: 'restarting' });
      top.pass(1);
      expect(top.states()).toEqual({ a: 'running' });
    }
  });

  it('begins anew once the child has stayed up for the period', () => {
    const top = supervise([worker('a')]);
    top.actor.start();
    const waits: string[] = [];
    for (const up of [999, 1_000, 0]) {
      top.tell('a', 'crash');
      waits.push(...top.news().filter((each) => each.startsWith('restart')));
      top.pass(waits.length === 2 ? 20 : 10);
      top.pass(up);
    }
    expect(waits).toEqual(['restart a #1 in 10', 'restart a #2 in 20', 'restart a #3 in 10']);
  });

  it('takes a random share of up to jitter off the wait', () => {
    const randoms = [0, 0.5, 1];
    const top = supervise([worker('a')], {
      backoff: { minMs: 100, maxMs: 100, factor: 1, jitter: 0.4 },
      random: () => randoms.shift() ?? 0,
    });
    top.actor.start();
    for (const wait of [100, 80, 60]) {
      top.tell('a', 'crash');
      expect(top.news().at(-1)).toMatch(new RegExp(`in ${wait}$`));
      top.pass(wait);
    }
  });
});

describe('restart intensity', () => {
  it('gives up at exactly one restart more than the budget, stops the others in reverse order and says why', async () => {
    const top = supervise([worker('a'), worker('b'), worker('c')]);
    const output = toPromise(top.actor);
    top.actor.start();
    for (let i = 0; i < 3; i += 1) {
      top.tell('b', 'crash');
      top.pass(40);
    }
    expect(top.states()).toEqual({ a: 'running', b: 'running', c: 'running' });
    top.news();
    top.tell('b', 'crash');
    expect(top.news()).toEqual(['failed b: boom', 'escalated over b: boom', 'stopped c', 'stopped a']);
    await expect(output).resolves.toEqual({ outcome: 'escalated', childId: 'b', error: 'boom' });
    expect(top.states()).toEqual({ a: 'stopped', b: 'failed', c: 'stopped' });
    expect(top.actor.getSnapshot().children).toEqual({});
  });

  it('counts the restarts of all children together', () => {
    const top = supervise([worker('a'), worker('b')]);
    top.actor.start();
    for (const id of ['a', 'b', 'a', 'b']) {
      top.tell(id, 'crash');
      top.pass(20);
    }
    expect(top.actor.getSnapshot().output).toEqual({ outcome: 'escalated', childId: 'b', error: 'boom' });
  });

  it('has a restart back once the period is over', () => {
    const top = supervise([worker('a')], { intensity: { restarts: 1, periodMs: 1_000 } });
    top.actor.start();
    for (let i = 0; i < 5; i += 1) {
      top.tell('a', 'crash');
      top.pass(1_000);
    }
    expect(top.states()).toEqual({ a: 'running' });
    top.tell('a', 'crash');
    top.pass(999);
    top.tell('a', 'crash');
    expect(top.actor.getSnapshot().output).toEqual({ outcome: 'escalated', childId: 'a', error: 'boom' });
  });

  it('gives up at the first restart when the budget is none', () => {
    const top = supervise([worker('a')], { intensity: { restarts: 0, periodMs: 1_000 } });
    top.actor.start();
    top.tell('a', 'finish');
    expect(top.actor.getSnapshot().output).toEqual({
      outcome: 'escalated',
      childId: 'a',
      error: 'it ended, and is permanent',
    });
  });

  it('does not start those who were still waiting when it gives up', () => {
    const logic = fromCallback(() => {
      throw new Error('no port');
    });
    const top = supervise([worker('a', { logic }), worker('b')], {
      intensity: { restarts: 0, periodMs: 1_000 },
    });
    top.actor.start();
    expect(top.news()).toEqual(['start a', 'failed a: no port', 'escalated over a: no port']);
    expect(top.states()).toEqual({ a: 'failed', b: 'stopped' });
  });

  it('is never preceded by a report to the supervisor above that all is up', () => {
    const logic = fromCallback(() => {
      throw new Error('no port');
    });
    const branch = { children: [worker('leaf', { logic })], intensity: { restarts: 0, periodMs: 1_000 } };
    const top = supervise([
      worker('branch', { logic: supervisorMachine, input: branch, restart: 'temporary', readyMs: 100 }),
    ]);
    top.actor.start();
    expect(top.news()).toEqual([
      ...['start branch', 'branch/start leaf', 'branch/failed leaf: no port'],
      ...['branch/escalated over leaf: no port', 'failed branch: gave up on "leaf": no port'],
    ]);
  });

  it('is an abnormal exit to the supervisor above, which restarts the whole branch', () => {
    const branch = {
      children: [worker('leaf')],
      intensity: { restarts: 0, periodMs: 1_000 },
    };
    const top = supervise([
      worker('branch', { logic: supervisorMachine, input: branch, restart: 'transient', readyMs: 100 }),
    ]);
    top.actor.start();
    top.tell('leaf', 'crash');
    top.pass(10);
    expect(top.news()).toEqual([
      ...['start branch', 'branch/start leaf', 'branch/ready leaf', 'ready branch'],
      ...['branch/failed leaf: boom', 'branch/escalated over leaf: boom'],
      ...['failed branch: gave up on "leaf": boom', 'restart branch #1 in 10'],
      ...['start branch', 'branch/start leaf', 'branch/ready leaf', 'ready branch'],
    ]);
  });

  it('is not an abnormal exit when the supervisor below was only stopped', () => {
    const branch = { children: [worker('leaf')] };
    const top = supervise([
      worker('branch', { logic: supervisorMachine, input: branch, restart: 'transient' }),
    ]);
    top.actor.start();
    (top.actor.system.get('branch') as typeof top.actor).send({ type: 'supervisor.stop' });
    expect(top.states()).toEqual({ branch: 'stopped' });
  });
});

describe('rest-for-one', () => {
  it('does not bring back a later child that is being terminated when an earlier one crashes', () => {
    const top = supervise([worker('a'), worker('b', { logic: slow })], { strategy: 'rest-for-one' });
    top.actor.start();
    top.actor.send({ type: 'supervisor.terminate', id: 'b' });
    top.tell('a', 'crash');
    top.tell('b', 'gone');
    top.pass(50);
    expect(top.states()).toEqual({ a: 'running', b: 'stopped' });
  });

  it('stops the later children in reverse order, then starts all of them in order', () => {
    const children = [worker('a'), worker('b'), worker('c', { logic: slow }), worker('d', { logic: slow })];
    const top = supervise(children, { strategy: 'rest-for-one' });
    top.actor.start();
    top.news();
    top.tell('b', 'crash');
    expect(top.states()).toEqual({ a: 'running', b: 'restarting', c: 'running', d: 'stopping' });
    top.tell('d', 'gone');
    expect(top.states()).toEqual({ a: 'running', b: 'restarting', c: 'stopping', d: 'waiting' });
    top.pass(50);
    expect(top.states()).toEqual({ a: 'running', b: 'waiting', c: 'stopping', d: 'waiting' });
    top.tell('c', 'gone');
    expect(top.news()).toEqual([
      ...['failed b: boom', 'restart b #1 in 10', 'stopped d', 'stopped c'],
      ...['start b', 'ready b', 'start c', 'ready c', 'start d', 'ready d'],
    ]);
    expect(top.actor.getSnapshot().context.spent).toBe(1);
  });

  it('does not count the crash of a child that was to be stopped anyway', () => {
    const children = [worker('a'), worker('b', { logic: slow }), worker('c', { logic: slow })];
    const top = supervise(children, { strategy: 'rest-for-one' });
    top.actor.start();
    top.news();
    top.tell('a', 'crash');
    top.tell('b', 'crash');
    top.tell('c', 'crash');
    top.pass(10);
    expect(top.news()).toEqual([
      ...['failed a: boom', 'restart a #1 in 10', 'failed b: boom', 'failed c: boom'],
      ...['start a', 'ready a', 'start b', 'ready b', 'start c', 'ready c'],
    ]);
    expect(top.actor.getSnapshot().context.spent).toBe(1);
  });

  it('takes a restarting child along when an earlier one crashes too', () => {
    const top = supervise([worker('a'), worker('b'), worker('c')], { strategy: 'rest-for-one' });
    top.actor.start();
    top.tell('b', 'crash');
    top.pass(5);
    top.tell('a', 'crash');
    expect(top.states()).toEqual({ a: 'restarting', b: 'waiting', c: 'waiting' });
    top.news();
    top.pass(10);
    expect(top.news()).toEqual(['start a', 'ready a', 'start b', 'ready b', 'start c', 'ready c']);
    expect(top.actor.getSnapshot().context.spent).toBe(2);
  });

  it('brings a later transient child back that had ended, but neither a temporary nor a terminated one', () => {
    const children = [
      worker('a'),
      worker('once', { restart: 'transient' }),
      worker('guest', { restart: 'temporary' }),
      worker('off'),
    ];
    const top = supervise(children, { strategy: 'rest-for-one' });
    top.actor.start();
    top.tell('once', 'finish');
    top.actor.send({ type: 'supervisor.terminate', id: 'off' });
    top.news();
    top.tell('a', 'crash');
    top.pass(10);
    expect(top.news()).toEqual([
      ...['failed a: boom', 'restart a #1 in 10', 'stopped guest'],
      ...['start a', 'ready a', 'start once', 'ready once'],
    ]);
    expect(top.states()).toEqual({ a: 'running', once: 'running', guest: 'stopped', off: 'stopped' });
  });
});

describe('one-for-all', () => {
  it('stops everybody in reverse order and waits for the backoff before all start in order', () => {
    const top = supervise([worker('a'), worker('b'), worker('c')], { strategy: 'one-for-all' });
    top.actor.start();
    top.news();
    top.tell('b', 'crash');
    expect(top.news()).toEqual(['failed b: boom', 'restart b #1 in 10', 'stopped c', 'stopped a']);
    top.pass(9);
    expect(top.states()).toEqual({ a: 'waiting', b: 'restarting', c: 'waiting' });
    top.pass(1);
    expect(top.news()).toEqual(['start a', 'ready a', 'start b', 'ready b', 'start c', 'ready c']);
  });

  it('can restart a child in the very step that killed it', () => {
    const children = [worker('a', { logic: slow }), worker('b', { logic: slow })];
    const top = supervise(children, { strategy: 'one-for-all' });
    top.actor.start();
    top.tell('b', 'crash');
    top.pass(99);
    expect(top.states()).toEqual({ a: 'stopping', b: 'waiting' });
    top.pass(1);
    expect(top.states()).toEqual({ a: 'running', b: 'running' });
    expect(top.news().slice(-6)).toEqual([
      'restart b #1 in 10',
      'killed a: still alive 100 ms after child.stop',
      ...['start a', 'ready a', 'start b', 'ready b'],
    ]);
  });
});

describe('one-for-one', () => {
  it('restarts a child while an earlier one, started again later, is not ready yet', () => {
    const top = supervise([worker('a'), worker('b')]);
    top.actor.start();
    top.actor.send({ type: 'supervisor.terminate', id: 'a' });
    top.actor.send({ type: 'supervisor.start', spec: worker('a', { readyMs: 500 }) });
    top.tell('b', 'crash');
    top.pass(10);
    expect(top.states()).toEqual({ a: 'starting', b: 'running' });
  });

  it('leaves the neighbours of a restarting child alone', () => {
    const top = supervise([worker('a'), worker('b', { logic: obedient, readyMs: 500 }), worker('c')]);
    top.actor.start();
    top.tell('b', 'up');
    top.news();
    top.tell('b', 'crash');
    top.tell('c', 'crash');
    top.pass(20);
    expect(top.states()).toEqual({ a: 'running', b: 'starting', c: 'running' });
    expect(top.news()).toEqual([
      ...['failed b: boom', 'restart b #1 in 10', 'failed c: boom', 'restart c #1 in 10'],
      ...['start b', 'start c', 'ready c'],
    ]);
  });
});
