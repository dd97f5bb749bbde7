import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { listNotices } from '../../../src/notices/rows.ts';
import { ChannelAwayError, ChannelBusyError, MessageRefusedError } from '../../../src/outbox/channel.ts';
import { retryDelivery } from '../../../src/outbox/rows/list-deliveries.ts';
import {
  allEnd,
  clearOutbox,
  deliveries,
  keepReply,
  type OutboxOptions,
  startOutbox,
} from '../../helpers/outbox.ts';
import { type TempDatabase, tempDatabase } from '../../helpers/temp-database.ts';
import { type TestChannel, testChannel } from '../../helpers/test-channel.ts';
import { eventually } from '../../helpers/eventually.ts';

let database: TempDatabase;
beforeAll(async () => {
  database = await tempDatabase();
});
afterAll(() => database.stop());
beforeEach(() => clearOutbox(database.store));

const open: ReturnType<typeof startOutbox>[] = [];
afterEach(() => Promise.all(open.splice(0).map((outbox) => outbox.stop())));
function start(options: Partial<OutboxOptions> & { channels: OutboxOptions['channels'] }) {
  const outbox = startOutbox({ store: database.store, ...options });
  open.push(outbox);
  return outbox;
}

const store = () => database.store;
const textsOf = ({ sent }: TestChannel) => sent.map(({ text }) => text);
const keep = (text: string, replyTo = 'test:owner') => keepReply(store(), { text, replyTo });
const notices = async () =>
  (await listNotices(store(), { unseen: true, limit: 100 })).map(({ origin, text }) => [origin, text]);
const activity = async () =>
  (
    await store().query<{ line: string }>({
      text: `SELECT action || ': ' || summary AS line FROM activity_log ORDER BY id`,
    })
  ).rows.map(({ line }) => line);

/** An outbox whose time passes only when it is told to. */
function startInNoTime(channels: readonly TestChannel[]) {
  const clock = new SimulatedClock();
  const began = Date.now();
  const outbox = start({ channels, clock, now: () => new Date(began + clock.now()) });
  return {
    ...outbox,
    clock,
    /** Lets time pass from rest to rest. */
    async pass(ms: number) {
      await outbox.rests();
      const end = clock.now() + ms;
      while (clock.now() < end) {
        clock.increment(Math.max(1, Math.min(end - clock.now(), outbox.actor.getSnapshot().context.restMs)));
        await outbox.rests();
      }
    },
  };
}

describe('the way out', () => {
  it('sends at once what is kept, once, and keeps what the other side answered', async () => {
    const channel = testChannel();
    const outbox = start({ channels: [channel] });
    await outbox.rests();
    await keep('hello');
    outbox.wake();
    const [row] = await allEnd(store());
    expect(row).toMatchObject({ state: 'delivered', attempts: 1, answer: { took: channel.sent[0]?.token } });
    expect(channel.sent).toMatchObject([{ address: 'owner', text: 'hello', attempt: 1, mayBeRepeat: false }]);
    expect(outbox.problems).toEqual([]);
  });

  it('outlasts an hour in which the other side is away, and then sends all in order', async () => {
    const channel = testChannel();
    channel.behave = () => {
      throw new ChannelAwayError('no route to the other side', { mayHaveArrived: false });
    };
    for (const text of ['1', '2', '3']) await keep(text);
    const outbox = startInNoTime([channel]);
    await outbox.pass(60 * 60_000);
    const tries = channel.sent.length;
    // One message asks for all of them, ever more seldom: 1 s, 2 s, … 5 min.
    expect(new Set(textsOf(channel))).toEqual(new Set(['1']));
    expect(tries).toBeGreaterThan(15);
    expect(tries).toBeLessThan(30);
    expect((await deliveries(store()))[0]).toMatchObject({
      state: 'pending',
      problem: 'no route to the other side',
    });
    channel.behave = () => null;
    await outbox.pass(7 * 60_000);
    expect((await deliveries(store())).map(({ state }) => state)).toEqual(Array(3).fill('delivered'));
    expect(textsOf(channel).slice(tries)).toEqual(['1', '2', '3']);
    expect(new Set(channel.sent.map(({ token }) => token)).size).toBe(3);
    expect(channel.sent.every(({ mayBeRepeat }) => !mayBeRepeat)).toBe(true);
    expect(await notices()).toEqual([]);
  });

  it('goes on at once when the channel says that the other side is back', async () => {
    const channel = testChannel();
    channel.behave = () => {
      throw new ChannelAwayError('away');
    };
    await keep('hello');
    const outbox = startInNoTime([channel]);
    await outbox.pass(10 * 60_000);
    const tries = channel.sent.length;
    channel.behave = () => null;
    channel.comeBack();
    await outbox.rests();
    expect(channel.sent).toHaveLength(tries + 1);
    expect(await deliveries(store())).toMatchObject([{ state: 'delivered' }]);
  });

  it('tells the owner elsewhere of what is refused for good, and goes on with the next', async () => {
    const channel = testChannel({ ownerAddress: () => 'owner' });
    const other = testChannel({ name: 'other', ownerAddress: () => 'me' });
    channel.behave = ({ text }) => {
      if (text === 'no') throw new MessageRefusedError('cannot send messages to this user');
    };
    const outbox = start({ channels: [channel, other] });
    const told: unknown[] = [];
    outbox.bus.on('owner.told', (fact) => told.push(fact));
    await outbox.rests();
    await keepReply(store(), { text: 'no', replyTo: 'test:owner', taskId: 7 });
    await keep('yes');
    outbox.wake();
    await eventually(() => expect(other.sent).toHaveLength(1));
    await allEnd(store());
    const sentence = 'The reply to task 7 could not be delivered by test: cannot send messages to this user.';
    expect(await notices()).toEqual([['delivery', sentence]]);
    expect(told).toEqual([{ origin: 'delivery', text: sentence, taskId: 7 }]);
    expect(await activity()).toEqual([`delivery.failed: ${sentence}`]);
    expect(textsOf(other)).toEqual([sentence]);
    expect(textsOf(channel)).toEqual(['no', 'yes']);
    expect((await deliveries(store())).map(({ state, reason }) => [state, reason])).toEqual([
      ['failed', 'cannot send messages to this user'],
      ['delivered', null],
      ['delivered', null],
    ]);
  });

  it('does not tell of a lost notice by another notice that is sent', async () => {
    const refuse = () => {
      throw new MessageRefusedError('blocked');
    };
    const channels = ['a', 'b'].map((name) =>
      testChannel({ name, ownerAddress: () => 'me', behave: refuse } as Partial<TestChannel>),
    );
    const outbox = start({ channels });
    await outbox.rests();
    await keepReply(store(), { text: 'no', replyTo: 'a:me', taskId: 7 });
    outbox.wake();
    await eventually(async () => expect(await notices()).toHaveLength(2));
    await allEnd(store());
    await outbox.rests();
    expect(await notices()).toEqual([
      ['delivery', 'A notice could not be delivered by b: blocked.'],
      ['delivery', 'The reply to task 7 could not be delivered by a: blocked.'],
    ]);
    expect(channels.map(({ sent }) => sent.length)).toEqual([1, 1]);
  });

  it('gives a message up that is a week old, in one sentence for all of them, and sends it when the owner says so', async () => {
    const channel = testChannel();
    channel.behave = () => {
      throw new ChannelAwayError('away', { mayHaveArrived: false });
    };
    for (const text of ['1', '2']) await keep(text);
    const outbox = startInNoTime([channel]);
    await outbox.rests();
    // One more, since the clock may have begun in the millisecond in which the last was kept.
    outbox.clock.increment(7 * 24 * 60 * 60_000 + 1);
    await outbox.pass(60_000);
    expect((await deliveries(store())).map(({ state }) => state)).toEqual(['failed', 'failed']);
    const sentence = '2 replies could not be delivered by test: it waited too long: away.';
    expect(await notices()).toEqual([['delivery', sentence]]);
    expect(await activity()).toEqual([`delivery.failed: ${sentence}`]);
    channel.behave = () => null;
    await retryDelivery(store(), 2, new Date(Date.now() + outbox.clock.now()));
    await outbox.pass(10 * 60_000);
    expect((await deliveries(store())).map(({ state }) => state)).toEqual(['failed', 'delivered']);
  });

  it('shows a reply for a channel that does not exist as failed, with a sentence', async () => {
    await keepReply(store(), { replyTo: 'telegraph:owner', taskId: 4 });
    start({ channels: [testChannel()] });
    await allEnd(store());
    expect(await deliveries(store())).toMatchObject([
      { state: 'failed', reason: 'there is no channel telegraph' },
    ]);
    expect(await notices()).toEqual([
      ['delivery', 'The reply to task 4 could not be delivered by telegraph: there is no channel telegraph.'],
    ]);
  });

  it('lets no channel wait for one that is slow', async () => {
    const slow = testChannel({ name: 'slow', concurrency: 1 });
    const quick = testChannel();
    slow.behave = () => new Promise(() => undefined);
    for (const text of ['s1', 's2']) await keep(text, `slow:${text}`);
    for (const text of ['q1', 'q2', 'q3']) await keep(text);
    const outbox = start({ channels: [slow, quick], drainMs: 0 });
    await eventually(() => expect(textsOf(quick)).toEqual(['q1', 'q2', 'q3']));
    await outbox.wakesAgain();
    expect(textsOf(slow)).toEqual(['s1']);
  });

  it('waits for nobody past the deadline, and says at the next attempt that the message may have arrived', async () => {
    const channel = testChannel({ deadlineMs: 50 });
    channel.behave = ({ attempt }) => (attempt === 1 ? new Promise(() => undefined) : 'late');
    await keep('hello');
    start({ channels: [channel] });
    expect(await allEnd(store())).toMatchObject([{ state: 'delivered', answer: 'late', attempts: 2 }]);
    expect(channel.sent.map(({ mayBeRepeat }) => mayBeRepeat)).toEqual([false, true]);
  });

  it('keeps the order of each address through whatever goes wrong, and lets no address wait for another', async () => {
    const channel = testChannel();
    const arrived: string[] = [];
    const trouble = [
      () => new ChannelBusyError('slow down', { retryAfterMs: 1_000, scope: 'address' }),
      () => new Error('a fault'),
      () => new ChannelBusyError('all slow down', { retryAfterMs: 2_000 }),
      () => new ChannelAwayError('reset'),
    ];
    channel.behave = ({ address, text, attempt }) => {
      const wrong = address === 'a' ? trouble[attempt - 1] : undefined;
      if (wrong !== undefined) throw wrong();
      arrived.push(text);
    };
    for (const n of [1, 2, 3])
      for (const address of ['a', 'b']) await keep(`${address}${n}`, `test:${address}`);
    const outbox = startInNoTime([channel]);
    await outbox.pass(100);
    expect(arrived).toEqual(['b1', 'b2', 'b3']);
    await outbox.pass(10 * 60_000);
    expect(arrived).toEqual(['b1', 'b2', 'b3', 'a1', 'a2', 'a3']);
  });

  it('honours how long the other side asks to be left alone', async () => {
    const channel = testChannel();
    channel.behave = ({ attempt }) => {
      if (attempt === 1) throw new ChannelBusyError('429', { retryAfterMs: 7_500 });
    };
    await keep('hello');
    const outbox = startInNoTime([channel]);
    await outbox.pass(7_499);
    expect(channel.sent).toHaveLength(1);
    await outbox.pass(1);
    expect(channel.sent).toHaveLength(2);
    expect(channel.sent[1]).toMatchObject({ attempt: 2, mayBeRepeat: false });
  });

  it('takes a message that fails again and again without a reason for the cause itself', async () => {
    const channel = testChannel();
    channel.behave = ({ text }) => {
      if (text === 'poison') throw new TypeError('cannot read properties of undefined');
    };
    for (const text of ['poison', 'next']) await keep(text);
    const outbox = startInNoTime([channel]);
    await outbox.pass(2 * 60 * 60_000);
    expect(channel.sent).toHaveLength(21);
    expect((await deliveries(store())).map(({ state }) => state)).toEqual(['failed', 'delivered']);
    expect(await notices()).toMatchObject([['delivery', expect.stringContaining('(20 times)')]]);
  });

  it('sends each message once where two daemons share the rows', async () => {
    const sides = [testChannel(), testChannel()];
    const arrived: string[] = [];
    for (const side of sides) side.behave = ({ text }) => arrived.push(text);
    for (let n = 0; n < 40; n += 1) await keep(`${n % 4}-${n}`, `test:${n % 4}`);
    for (const side of sides) start({ channels: [side] });
    await allEnd(store());
    expect(new Set(arrived).size).toBe(40);
    expect(arrived).toHaveLength(40);
    for (const address of [0, 1, 2, 3]) {
      const numbers = arrived
        .filter((text) => text.startsWith(`${address}-`))
        .map((text) => Number(text.slice(2)));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
  });

  it('writes down what arrived when the store comes back, and does not send it again', async () => {
    const channel = testChannel();
    let takeIt = (): void => undefined;
    channel.behave = () =>
      new Promise((resolve) => {
        takeIt = () => resolve('m1');
      });
    await keep('hello');
    await keep('next');
    const outbox = start({ channels: [channel] });
    await eventually(() => expect(channel.sent).toHaveLength(1));
    await database.away();
    takeIt();
    await eventually(() => expect(outbox.deliveries()).toEqual(['waiting']));
    outbox.wake();
    await eventually(() => expect(outbox.actor.getSnapshot().value).toEqual({ serving: 'waiting' }));
    channel.behave = () => 'm2';
    await database.restart();
    expect((await allEnd(store())).map(({ state, answer, attempts }) => [state, answer, attempts])).toEqual([
      ['delivered', 'm1', 1],
      ['delivered', 'm2', 1],
    ]);
    expect(textsOf(channel)).toEqual(['hello', 'next']);
    expect(outbox.problems).toEqual([]);
  });

  it('sends with the same token again what it was killed over, and says that it may be a repeat', async () => {
    const worker = randomUUID();
    const first = testChannel();
    first.behave = () => new Promise(() => undefined);
    await keep('hello');
    await keep('next');
    const killed = startOutbox({ store: store(), channels: [first], worker });
    await eventually(() => expect(first.sent).toHaveLength(1));
    killed.kill();
    const second = testChannel();
    start({ channels: [second], worker });
    expect((await allEnd(store())).map(({ state, attempts }) => [state, attempts])).toEqual([
      ['delivered', 2],
      ['delivered', 1],
    ]);
    expect(second.sent.map(({ token, mayBeRepeat }) => [token, mayBeRepeat])).toEqual([
      [first.sent[0]?.token, true],
      [second.sent[1]?.token, false],
    ]);
  });

  it('leaves to the owner what must not be sent twice', async () => {
    const worker = randomUUID();
    const channel = testChannel({ repeats: 'unwanted' });
    channel.behave = () => new Promise(() => undefined);
    await keepReply(store(), { taskId: 3 });
    const killed = startOutbox({ store: store(), channels: [channel], worker });
    await eventually(() => expect(channel.sent).toHaveLength(1));
    killed.kill();
    channel.behave = () => null;
    const outbox = start({ channels: [channel], worker });
    await allEnd(store());
    expect(await deliveries(store())).toMatchObject([{ state: 'failed' }]);
    expect(await notices()).toMatchObject([
      ['delivery', expect.stringContaining('it may have arrived already')],
    ]);
    await retryDelivery(store(), 1, new Date());
    outbox.wake();
    expect(await allEnd(store())).toMatchObject([{ state: 'delivered' }]);
    expect(channel.sent).toHaveLength(2);
  });
});
