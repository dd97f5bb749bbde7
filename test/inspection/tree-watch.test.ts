import { afterEach, describe, expect, it } from 'vitest';
import { type AnyActorRef, assign, createActor, setup } from 'xstate';
import { inspectGuarded } from '../../src/inspection/guarded-inspection.ts';
import { createInspections } from '../../src/inspection/inspection.ts';
import { createLiveTree } from '../../src/inspection/tree-watch.ts';

const taskMachine = setup({
  types: { context: {} as { prompt: string; url: string; token: string; steps: number } },
  actions: { step: assign({ steps: ({ context }) => context.steps + 1 }) },
}).createMachine({
  id: 'task',
  context: { prompt: 'a private matter', url: 'imap://me:hunter22@mail', token: 'abc', steps: 0 },
  initial: 'idle',
  states: { idle: { on: { go: 'busy' } }, busy: { on: { step: { actions: 'step' }, rest: 'idle' } } },
});

const started: AnyActorRef[] = [];
afterEach(() => {
  for (const root of started.splice(0)) root.stop();
});

/** A root with this many tasks, all idle. */
function family(tasks: number) {
  const logic = setup({ actors: { task: taskMachine } }).createMachine({
    id: 'root',
    invoke: Array.from({ length: tasks }, (_, index) => ({ id: `task.${index + 1}`, src: 'task' as const })),
  });
  const root = createActor(logic).start();
  started.push(root);
  const task = (id: number) => root.getSnapshot().children[`task.${id}`] as AnyActorRef;
  return { root, task };
}

const secrets = () => ['a-secret-value'];

describe('a guarded inspection', () => {
  it('keeps the actor alive when its listener throws, says so once, and listens no more', () => {
    const { root, task } = family(1);
    const failures: unknown[] = [];
    let heard = 0;
    inspectGuarded(
      root,
      () => {
        heard += 1;
        throw new Error('a bug of the observer');
      },
      (thrown) => failures.push(thrown),
    );
    task(1).send({ type: 'go' });
    task(1).send({ type: 'rest' });
    task(1).send({ type: 'go' });
    expect(task(1).getSnapshot()).toMatchObject({ value: 'busy', status: 'active' });
    expect([heard, failures.length]).toEqual([1, 1]);
  });
});

describe('the live tree', () => {
  const watch = (tasks: number) => {
    const { root, task } = family(tasks);
    const reported: unknown[] = [];
    let pending = 0;
    const tree = createLiveTree({
      root: () => root,
      secrets,
      report: (thrown) => reported.push(thrown),
      now: () => 1_000,
    });
    return {
      root,
      task,
      tree,
      reported,
      start: () => tree.start(() => (pending += 1)),
      pending: () => pending,
    };
  };

  it('listens only while somebody watches', () => {
    const { task, tree, start, pending } = watch(1);
    task(1).send({ type: 'go' });
    expect([tree.isListening(), pending(), tree.take()]).toEqual([false, 0, undefined]);
    start();
    task(1).send({ type: 'step' });
    expect([tree.isListening(), pending()]).toEqual([true, 1]);
    tree.stop();
    task(1).send({ type: 'step' });
    expect([tree.isListening(), pending(), tree.take()]).toEqual([false, 1, undefined]);
  });

  it('says what has changed, once, with the states before and after', () => {
    const { task, tree, start } = watch(2);
    start();
    task(1).send({ type: 'go' });
    const change = tree.take();
    expect(change?.changed.map(({ path, states, since }) => [path, states, since])).toEqual([
      ['root/task.1', ['busy'], 1_000],
    ]);
    expect(change?.transitions).toMatchObject([
      { path: 'root/task.1', event: 'go', before: ['idle'], after: ['busy'] },
    ]);
    expect(tree.take()).toBeUndefined();
  });

  it('does not claim to know since when, of what was there before somebody watched', () => {
    const { task, tree, start } = watch(2);
    start();
    task(1).send({ type: 'go' });
    expect(tree.get().actors.map(({ since }) => since)).toEqual([0, 1_000, 0]);
  });

  it('stays bounded in a flood, keeps the newest and counts the rest', () => {
    const { task, tree, start } = watch(1);
    start();
    task(1).send({ type: 'go' });
    for (let sent = 0; sent < 50_000; sent += 1) task(1).send({ type: 'step' });
    const change = tree.take();
    expect(change?.transitions).toHaveLength(200);
    expect(change?.omitted).toBe(49_801);
    expect(change?.transitions.at(-1)?.seq).toBe(50_001);
    expect(tree.actor('root/task.1').transitions).toHaveLength(50);
  });

  it('shows contexts without secrets and without what people wrote', () => {
    const { tree } = watch(1);
    expect(tree.actor('root/task.1').context).toEqual({
      prompt: '(16 characters)',
      url: 'imap://me:***@mail',
      token: '***',
      steps: 0,
    });
  });

  it('lists hundreds of actors, parents first', () => {
    const { tree } = watch(300);
    const { actors, truncated } = tree.get();
    expect([actors.length, truncated, actors[0]?.path, actors[300]?.path]).toEqual([
      301,
      0,
      'root',
      'root/task.300',
    ]);
    expect(tree.actor('root/task.7').machine?.states.map(({ path }) => path)).toEqual(['', 'idle', 'busy']);
  });
});

describe('the inspection for Stately', () => {
  const open = async (tasks: number) => {
    const { root, task } = family(tasks);
    let pending = 0;
    const inspections = createInspections({
      root: () => root,
      secrets,
      report: (thrown) => {
        throw thrown;
      },
    });
    const inspection = await inspections(() => (pending += 1));
    return { root, task, inspections, inspection, pending: () => pending };
  };

  it('introduces every actor once, parents first, with its machine', async () => {
    const { root, inspection, pending } = await open(2);
    expect(pending()).toBe(1);
    const messages = inspection.take();
    expect(messages.map(({ type, ...rest }) => [type, (rest as { name?: string }).name])).toEqual([
      ['@xstate.actor', 'root'],
      ['@xstate.actor', 'task.1'],
      ['@xstate.actor', 'task.2'],
    ]);
    expect(messages[1]).toMatchObject({
      parentId: root.sessionId,
      rootId: root.sessionId,
      snapshot: { value: 'idle' },
    });
    expect(JSON.parse(String((messages[1] as { definition?: string }).definition))).toMatchObject({
      id: 'task',
    });
    expect(inspection.take()).toEqual([]);
  });

  it('says what happens: the type of the event, the state, and no secret or payload', async () => {
    const { task, inspection } = await open(1);
    inspection.take();
    task(1).send({ type: 'go', text: 'a private matter', note: 'a-secret-value' });
    const messages = inspection.take();
    expect(messages).toMatchObject([
      { type: '@xstate.event', event: { type: 'go' } },
      {
        type: '@xstate.snapshot',
        event: { type: 'go' },
        snapshot: { value: 'busy', context: { prompt: '(16 characters)', token: '***' } },
      },
    ]);
    const text = JSON.stringify(messages);
    for (const word of ['private', 'a-secret-value', 'hunter22', 'abc']) expect(text).not.toContain(word);
  });

  it('stays bounded in a flood, and shows those of whom something was left out as they are', async () => {
    const { task, inspection } = await open(2);
    inspection.take();
    task(2).send({ type: 'go' });
    task(1).send({ type: 'go' });
    for (let sent = 0; sent < 10_000; sent += 1) task(1).send({ type: 'step' });
    const messages = inspection.take();
    expect(messages.length).toBeLessThan(400);
    expect(messages.at(-1)).toEqual({ type: 'omitted', count: 19_704 });
    expect(messages).toContainEqual(
      expect.objectContaining({ type: '@xstate.snapshot', sessionId: task(2).sessionId }),
    );
    expect(messages.at(-2)).toMatchObject({ snapshot: { context: { steps: 10_000 } } });
  });

  it('is open to four onlookers at once, and to the next when one has left', async () => {
    const { inspections, inspection } = await open(1);
    const others = await Promise.all([1, 2, 3].map(() => inspections(() => undefined)));
    await expect(inspections(() => undefined)).rejects.toThrow('4 inspectors are open already');
    inspection.close();
    inspection.close();
    others.push(await inspections(() => undefined));
    await expect(inspections(() => undefined)).rejects.toThrow('4 inspectors');
    for (const other of others) other.close();
  });
});
