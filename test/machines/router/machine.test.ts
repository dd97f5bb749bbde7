import { describe, expect, it } from 'vitest';
import { createActor, fromCallback, fromPromise, setup, SimulatedClock } from 'xstate';
import { routerMachine } from '../../../machines/router/machine.ts';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import { createRecordQueue, type RecordQueue } from '../../../src/events/router/record-queue.ts';
import type { RecordedBatch } from '../../../src/events/router/record-routed.ts';
import type { RoutedEvent } from '../../../src/events/router/routed-event.ts';
import { parseLine } from '../../../src/lib/wire/parse-line.ts';
import { withResolvers } from '../../helpers/with-resolvers.ts';
import { eventually } from '../../helpers/eventually.ts';

const batchSize = 3;

function routed(name: string): RoutedEvent {
  const parsed = parseLine(`${name.startsWith('human') ? 'HUMAN' : 'LOW'}|cli||metric|${name}`);
  if (!parsed.ok) throw new Error(parsed.reason);
  return { position: 0, receivedAt: 0, event: parsed.event, route: 'reflex:record', rule: 'otherwise' };
}
const recordedBatch = (done: number): RecordedBatch => ({ done, dropped: 0, failed: 0, dead: 0, tasks: 0 });

/** A router between a list of waiting mail and a store that answers when the test says so. */
function startRouter({
  mail = [],
  queue = createRecordQueue(),
}: { mail?: string[]; queue?: RecordQueue } = {}) {
  const clock = new SimulatedClock();
  const news: string[] = [];
  const records: ReturnType<typeof withResolvers<RecordedBatch>>[] = [];
  const logic = routerMachine.provide({
    actors: {
      record: fromPromise<RecordedBatch, { events: RoutedEvent[] }>(({ input: { events } }) => {
        news.push(`record ${events.map(({ event }) => event.text).join(' ')}`);
        const record = withResolvers<RecordedBatch>();
        records.push(record);
        return record.promise;
      }),
    },
    actions: {
      pull: () => {
        const humans = mail.filter((name) => name.startsWith('human'));
        const others = mail.filter((name) => !name.startsWith('human'));
        const room = Math.max(0, batchSize - queue.waiting() - humans.length);
        queue.put([...humans, ...others.slice(0, room)].map(routed));
        mail.splice(0, Infinity, ...others.slice(room));
      },
      count: (_, { done }) => news.push(`recorded ${done}`),
    },
  });
  const mailbox = fromCallback(({ receive }) => {
    receive(({ type }) => news.push(type));
  });
  const parent = setup({ actors: { router: logic, mailbox } }).createMachine({
    invoke: [
      { id: 'mailbox', systemId: 'mailbox', src: 'mailbox' },
      {
        id: 'router',
        src: 'router',
        input: { mailbox: { depth: () => mail.length }, queue, batchSize },
        onDone: { actions: () => news.push('done') },
        onError: { actions: ({ event }) => news.push(`broke: ${String(event.error)}`) },
      },
    ],
    on: { 'child.ready': { actions: ({ event }) => news.push(`child.ready ${String(event['id'])}`) } },
  });
  const root = createActor(parent, { clock }).start();
  const actor = root.getSnapshot().children['router'] as ReturnType<typeof createActor<typeof logic>>;
  const settles = async (answer: () => void): Promise<void> => {
    const before = actor.getSnapshot();
    answer();
    await eventually(() => expect(actor.getSnapshot()).not.toBe(before));
  };
  return {
    actor,
    clock,
    queue,
    mail,
    send: (type: 'mail.waiting' | 'database.ready' | 'child.stop') => actor.send({ type }),
    arrive: (...names: string[]) => {
      mail.push(...names);
      actor.send({ type: 'mail.waiting' });
    },
    recorded: () => settles(() => records.at(-1)?.resolve(recordedBatch(1))),
    fails: (error: unknown) => settles(() => records.at(-1)?.reject(error)),
    state: () => actor.getSnapshot().value,
    status: () => actor.getSnapshot().status,
    context: () => actor.getSnapshot().context,
    /** What happened, without the notes to the mailbox. */
    news: () => news.splice(0).filter((what) => what !== 'mailbox.taken'),
    /** Forgets that it is up. */
    forgetStart: () => news.splice(news.indexOf('child.ready router'), 1),
    takings: () => news.filter((what) => what === 'mailbox.taken').length,
  };
}

function startReady(...mail: string[]) {
  const rig = startRouter({ mail });
  rig.forgetStart();
  return rig;
}

const away = new StoreAwayError('the line is cut');

describe('router machine', () => {
  it('is up and works at once, without waiting for news of the store', () => {
    const { news } = startRouter({ mail: ['a'] });
    expect(news().sort()).toEqual(['child.ready router', 'record a']);
  });

  it('records a batch at a time and tells what came of it, until nothing waits', async () => {
    const { news, recorded, state, queue } = startReady('a', 'b', 'c', 'd', 'e');
    expect(news()).toEqual(['record a b c']);
    await recorded();
    expect(news()).toEqual(['recorded 1', 'record d e']);
    await recorded();
    expect(news()).toEqual(['recorded 1']);
    expect(state()).toBe('idle');
    queue.putBack();
    expect(queue.waiting()).toBe(0);
  });

  it('begins at once when mail arrives while it is idle', () => {
    const { arrive, news, state } = startReady();
    expect(state()).toBe('idle');
    arrive('a');
    expect(news()).toEqual(['record a']);
  });

  it('tells the mailbox whenever it has taken from it', () => {
    const { arrive, takings } = startReady('a', 'b', 'c', 'd');
    const before = takings();
    expect(before).toBeGreaterThan(0);
    arrive('e');
    expect(takings()).toBe(before + 1);
  });

  it('takes a HUMAN event the moment it arrives, whatever is being recorded, and records it next', async () => {
    const { arrive, queue, mail, news, recorded } = startReady('a', 'b', 'c', 'd', 'e', 'f', 'g');
    expect(news()).toEqual(['record a b c']);
    arrive();
    expect(queue.waiting()).toBe(3);
    arrive('human');
    expect(queue.humanWaiting()).toBe(1);
    expect(mail).toEqual(['g']);
    await recorded();
    expect(news()).toEqual(['recorded 1', 'record human']);
    await recorded();
    expect(news()).toEqual(['recorded 1', 'record d e f']);
  });

  describe('while the store is away', () => {
    it('puts back what it had in hand, waits, and records the same when the store is back', async () => {
      const { fails, send, state, context, news, queue, recorded } = startReady('a', 'b');
      await fails(away);
      expect(state()).toBe('waiting');
      expect(context().awayBecause).toBe('StoreAwayError: the line is cut');
      expect(queue.waiting()).toBe(2);
      send('database.ready');
      expect(news()).toEqual(['record a b', 'record a b']);
      await recorded();
      expect(context().awayBecause).toBeUndefined();
    });

    it('tries again by itself each second', async () => {
      const { fails, clock, news } = startReady('a');
      for (let second = 0; second < 3; second += 1) {
        await fails(away);
        clock.increment(999);
        expect(news()).toEqual(['record a']);
        clock.increment(1);
      }
      expect(news()).toEqual(['record a']);
    });

    it('records what is HUMAN first when it is back', async () => {
      const { fails, arrive, send, news } = startReady('a', 'b');
      await fails(away);
      arrive('human');
      send('database.ready');
      expect(news()).toEqual(['record a b', 'record human']);
    });
  });

  it('breaks at any other failure, and its next life has all that it had in hand', async () => {
    const { fails, status, news, queue } = startReady('a', 'b');
    await fails(new TypeError('a bug'));
    expect(status()).toBe('error');
    expect(news()).toEqual(['record a b', 'broke: TypeError: a bug']);
    expect(queue.waiting()).toBe(2);
    const next = startRouter({ queue });
    next.send('database.ready');
    expect(next.news()).toEqual(['record a b', 'child.ready router']);
  });

  it('puts back, when it begins, what an earlier life was killed with in hand', () => {
    const { queue, news } = startReady('a', 'b', 'c');
    expect(news()).toEqual(['record a b c']);
    expect(queue.waiting()).toBe(0);
    const next = startRouter({ queue });
    next.send('database.ready');
    expect(next.news()).toEqual(['record a b c', 'child.ready router']);
  });

  describe('child.stop', () => {
    it('ends it at once when nothing waits', () => {
      const { send, status, news } = startReady();
      send('child.stop');
      expect(status()).toBe('done');
      expect(news()).toEqual(['done']);
    });

    it('has it record everything that waits first, in the mailbox too', async () => {
      const { send, status, news, recorded, mail } = startReady('a', 'b', 'c', 'd', 'e', 'f', 'g');
      send('child.stop');
      send('child.stop');
      mail.push('late');
      await recorded();
      await recorded();
      expect(status()).toBe('active');
      await recorded();
      expect(status()).toBe('done');
      expect(news()).toEqual([
        'record a b c',
        'recorded 1',
        'record d e f',
        'recorded 1',
        'record g late',
        'recorded 1',
        'done',
      ]);
    });

    it('takes mail that nobody has told it of', async () => {
      const { send, status, mail, news, recorded } = startReady();
      mail.push('unannounced');
      send('child.stop');
      expect(news()).toEqual(['record unannounced']);
      await recorded();
      expect(status()).toBe('done');
    });

    it('ends it while the store is away, and when the store goes away during the drain', async () => {
      const waiting = startReady('a');
      await waiting.fails(away);
      waiting.send('child.stop');
      expect(waiting.status()).toBe('done');

      const draining = startReady('a');
      draining.send('child.stop');
      expect(draining.state()).toBe('recording');
      await draining.fails(away);
      expect(draining.status()).toBe('done');
      expect(draining.queue.waiting()).toBe(1);
    });
  });

  it('fails loudly when an action was not provided', () => {
    const parent = setup({ actors: { router: routerMachine } }).createMachine({
      invoke: {
        id: 'router',
        src: 'router',
        input: { mailbox: { depth: () => 0 }, queue: createRecordQueue(), batchSize },
        onError: { actions: ({ event }) => errors.push(event.error) },
      },
    });
    const errors: unknown[] = [];
    const root = createActor(parent).start();
    root.getSnapshot().children['router']?.send({ type: 'database.ready' });
    expect(errors).toEqual([new Error('router machine: "pull" was not provided')]);
  });
});
