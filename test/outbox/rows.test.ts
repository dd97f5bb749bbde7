import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keepNotice, seeNotices, settleNotices } from '../../src/notices/rows.ts';
import { announceChannels, pauseChannel } from '../../src/outbox/rows/channels.ts';
import {
  claimDeliveries,
  type ClaimOptions,
  untilNextDelivery,
} from '../../src/outbox/rows/claim-deliveries.ts';
import { giveUpDeliveries } from '../../src/outbox/rows/give-up.ts';
import { countDeliveries, listDeliveries, retryDelivery } from '../../src/outbox/rows/list-deliveries.ts';
import { markDelivered, markFailed, postponeDelivery } from '../../src/outbox/rows/settle-delivery.ts';
import { clearOutbox, deliveries, keepReply } from '../helpers/outbox.ts';
import { type TempDatabase, tempDatabase } from '../helpers/temp-database.ts';

let database: TempDatabase;
beforeAll(async () => {
  database = await tempDatabase();
});
afterAll(() => database.stop());
beforeEach(() => clearOutbox(database.store));

const now = new Date('2026-11-28T12:00:00Z');
const after = (ms: number) => new Date(now.getTime() + ms);
const [mine, theirs] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
const store = () => database.store;
const keep = (text: string, replyTo = 'test:owner', at = now) => keepReply(store(), { text, replyTo }, at);
const claim = (options: Partial<ClaimOptions> = {}) =>
  claimDeliveries(store(), {
    worker: mine,
    channels: [
      { name: 'test', room: 4, leaseMs: 60_000 },
      { name: 'other', room: 4, leaseMs: 60_000 },
    ],
    inHand: [],
    now,
    ...options,
  });
const texts = async (options?: Partial<ClaimOptions>) => (await claim(options)).map(({ body }) => body.text);
const announce = (ownerAddress: string | null = null) =>
  announceChannels(store(), {
    worker: mine,
    channels: [
      { name: 'test', ownerAddress },
      { name: 'other', ownerAddress: ownerAddress === null ? null : 'me' },
    ],
    now,
  });

describe('keeping replies', () => {
  it('keeps one of each subject and address, with a token that fits into what Discord takes', async () => {
    await keepReply(store(), { subject: 's', text: 'first' }, now);
    await keepReply(store(), { subject: 's', text: 'again' }, now);
    await keepReply(store(), { subject: 's', text: 'elsewhere', replyTo: 'test:b' }, now);
    expect((await deliveries(store())).map(({ address, body }) => [address, body.text])).toEqual([
      ['owner', 'first'],
      ['b', 'elsewhere'],
    ]);
    const { rows } = await store().query<{ token: string }>({ text: 'SELECT token FROM deliveries' });
    expect(new Set(rows.map(({ token }) => token)).size).toBe(2);
    for (const { token } of rows) expect(token).toMatch(/^[0-9a-f]{20}$/);
  });

  it('sends nothing where a stranger names the address, and says so', async () => {
    await keepReply(store(), { eventId: 9, source: 'email', replyTo: 'test:owner' }, now);
    expect(await deliveries(store())).toEqual([]);
    const { rows } = await store().query({
      text: 'SELECT actor, action, summary, event_id FROM activity_log',
    });
    expect(rows).toEqual([
      {
        actor: 'outbox',
        action: 'reply.unsent',
        summary:
          'the reply to event 9 was not sent: the source email may not have replies sent to "test:owner"',
        event_id: 9,
      },
    ]);
  });

  it('never sends nothing at all, nor what Postgres cannot store', async () => {
    await keep(' \n');
    await keep('a\0b', 'test:b');
    expect((await deliveries(store())).map(({ body }) => body.text)).toEqual([
      'Done; there is nothing to say about it.',
      'a�b',
    ]);
  });

  it('sends what only looks like a NUL as it stands, and of half a character what can be kept', async () => {
    await keep('\\u0000 in JSON');
    await keep('half \ud83e of one', 'test:b');
    expect((await deliveries(store())).map(({ body }) => body.text)).toEqual([
      '\\u0000 in JSON',
      'half \uFFFD of one',
    ]);
  });
});

describe('claiming', () => {
  it('takes the oldest of each address and no second one while it is open', async () => {
    for (const text of ['a1', 'a2']) await keep(text, 'test:a');
    for (const text of ['b1', 'b2']) await keep(text, 'test:b');
    const [a1, b1] = await claim();
    expect([a1?.body.text, b1?.body.text]).toEqual(['a1', 'b1']);
    expect(a1).toMatchObject({ attempt: 1, worker: mine, mayBeRepeat: false, failures: 0, lastAnswer: null });
    expect(await texts({ inHand: [a1?.id ?? 0, b1?.id ?? 0] })).toEqual([]);
    await markDelivered(store(), a1?.id ?? 0, { id: 'm1' }, now);
    expect(await texts({ inHand: [b1?.id ?? 0] })).toEqual(['a2']);
  });

  it('never sends a later one before an earlier one, however long that has to wait', async () => {
    await keep('first');
    await keep('second');
    const [first] = await claim();
    if (first === undefined) throw new Error('nothing was claimed');
    await postponeDelivery(store(), first, { ...waits, dueAt: after(60_000) });
    expect(await texts()).toEqual([]);
    expect(await untilNextDelivery(store(), ['test'], now)).toBe(60_000);
    const [again] = await claim({ now: after(60_000) });
    expect(again).toMatchObject({
      id: first.id,
      token: first.token,
      attempt: 2,
      mayBeRepeat: true,
      lastAnswer: [1],
    });
    await markFailed(store(), again as typeof first, 'refused', now);
    expect(await texts()).toEqual(['second']);
  });

  it('takes as many as there is room for, oldest first, each channel by itself', async () => {
    for (const [text, to] of [
      ['1', 'test:c'],
      ['2', 'test:b'],
      ['3', 'test:a'],
      ['4', 'other:a'],
    ] as const)
      await keep(text, to);
    const channels = [
      { name: 'test', room: 2, leaseMs: 60_000 },
      { name: 'other', room: 1, leaseMs: 60_000 },
    ];
    expect(await texts({ channels })).toEqual(['1', '2', '4']);
    expect(await texts({ channels: [{ name: 'test', room: 0, leaseMs: 1 }] })).toEqual([]);
  });

  it('leaves another worker what it sends until its lease runs out, and takes up its own at once', async () => {
    await keep('a');
    await claim();
    expect(await texts({ worker: theirs })).toEqual([]);
    expect(await texts({ worker: theirs, now: after(60_001) })).toEqual(['a']);
    expect(await texts({ worker: theirs, now: after(60_001) })).toEqual(['a']);
    expect(await texts({ worker: theirs, inHand: [1], now: after(600_000) })).toEqual([]);
  });

  it('leaves a channel alone that pauses', async () => {
    await announce();
    await keep('a');
    await keep('b', 'other:b');
    await pauseChannel(store(), 'test', { until: after(5_000), reason: 'away', isFailure: true, now });
    expect(await texts()).toEqual(['b']);
    expect(await untilNextDelivery(store(), ['test', 'other'], now)).toBe(5_000);
    expect((await deliveries(store()))[0]).toMatchObject({ state: 'pending', problem: 'away' });
    expect(await texts({ now: after(5_000), inHand: [2] })).toEqual(['a']);
  });

  it.each([30 * 60_000, 2 * 60 * 60_000, 400 * 24 * 60 * 60_000])(
    'sends what is due at once, and waits for nothing longer than an hour, when the clock goes back by %d ms',
    async (jumpMs) => {
      await announce();
      await keep('postponed', 'test:b');
      const [first] = await claim();
      if (first === undefined) throw new Error('nothing was claimed');
      await postponeDelivery(store(), first, { ...waits, dueAt: after(60_000) });
      await keep('new');
      await pauseChannel(store(), 'test', { until: after(60_000), reason: 'away', isFailure: true, now });

      const hour = 60 * 60_000;
      const back = after(-jumpMs);
      const latest = new Date(Math.min(after(60_000).getTime(), back.getTime() + hour));
      expect(
        [...(await texts({ now: back })), ...(await texts({ now: latest, inHand: [1, 2] }))].sort(),
      ).toEqual(['new', 'postponed']);
    },
  );

  it('does not hold another worker’s lease for as long as the clock went back', async () => {
    await keep('a');
    await claim();
    expect(await texts({ worker: theirs, now: after(-30_000) })).toEqual([]);
    expect(await texts({ worker: theirs, now: after(-24 * 60 * 60_000) })).toEqual(['a']);
  });

  it('finds the first among ten thousand of one address as quickly as among ten', async () => {
    await store().query({
      text: `INSERT INTO deliveries (channel, address, kind, subject, body, created_at, queued_at, due_at)
             SELECT 'test', 'owner', 'reply', 's' || n, '{"text":"x","state":"done"}', $1, $1, $1 FROM generate_series(1, 10000) n`,
      values: [now],
    });
    await store().query({ text: 'ANALYZE deliveries' });
    const began = performance.now();
    expect(await claim()).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(500);
  });
});

const waits = { dueAt: now, reason: 'no answer', failures: 1, mayHaveArrived: true, answer: [1] };

describe('settling', () => {
  it('lets what was delivered stand whatever another worker says later', async () => {
    await keep('a');
    const [first] = await claim();
    const [second] = await claim({ worker: theirs, now: after(60_001) });
    if (first === undefined || second === undefined) throw new Error('nothing was claimed');
    await markDelivered(store(), first.id, { id: 'm1' }, now);
    await postponeDelivery(store(), second, waits);
    expect(await markFailed(store(), second, 'refused', now)).toBe(false);
    expect(await deliveries(store())).toMatchObject([
      { state: 'delivered', answer: { id: 'm1' }, reason: null },
    ]);
  });

  it('keeps an answer that no row can hold from keeping the row', async () => {
    for (const [id, answer] of [
      [1, 'a\0b'],
      [2, 'x'.repeat(20_000)],
      [3, 10n],
      [4, undefined],
    ] as const) {
      await keep('a', `test:${id}`);
      await markDelivered(store(), id, answer, now);
    }
    expect((await deliveries(store())).map(({ answer }) => answer)).toEqual([
      'a�b',
      { tooLong: 20_002 },
      null,
      null,
    ]);
  });
});

describe('giving up', () => {
  it('ends what is too old or names a channel that nobody has ever served', async () => {
    await announce();
    await keep('old', 'test:a', after(-10_000));
    await keep('new', 'test:b');
    await keep('lost', 'telegraph:c');
    await pauseChannel(store(), 'test', { until: after(5_000), reason: 'no route', isFailure: true, now });
    const lost = await giveUpDeliveries(store(), { bound: after(-5_000), now });
    expect(lost.map(({ channel, reason }) => [channel, reason])).toEqual([
      ['test', 'it waited too long: no route'],
      ['telegraph', 'there is no channel telegraph'],
    ]);
    expect((await deliveries(store())).map(({ state }) => state)).toEqual(['failed', 'pending', 'failed']);
    expect(await countDeliveries(store())).toEqual({ pending: 1, failed: 2 });
  });

  it('leaves alone what is under way, until nobody holds it any more', async () => {
    await announce();
    await keep('old', 'test:a', after(-10_000));
    await claim();
    expect(await giveUpDeliveries(store(), { bound: now, now: after(60_000) })).toEqual([]);
    expect(await giveUpDeliveries(store(), { bound: now, now: after(60_001) })).toHaveLength(1);
  });

  it('is undone by the owner, who gets it in front of what came later', async () => {
    await announce();
    await keep('a');
    const [a] = await claim();
    await markFailed(store(), a as NonNullable<typeof a>, 'refused', now);
    await keep('b');
    expect(await retryDelivery(store(), 1, after(1_000))).toBe(true);
    expect(await retryDelivery(store(), 1, after(1_000))).toBe(false);
    expect(await claim({ now: after(1_000) })).toMatchObject([
      { id: 1, token: a?.token, attempt: 2, mayBeRepeat: false },
    ]);
  });
});

describe('notices', () => {
  const notice = { origin: 'agent', text: 'log in', taskId: 3, now } as const;

  it('are sent to the owner in each channel that takes them, but not to the one they tell of', async () => {
    await keepNotice(store(), notice);
    expect(await deliveries(store())).toEqual([]);
    await announce('owner');
    await keepNotice(store(), notice);
    await keepNotice(store(), { ...notice, origin: 'delivery', sentTo: { except: 'test' } });
    await keepNotice(store(), { ...notice, origin: 'delivery', sentTo: 'none' });
    expect(
      (await deliveries(store())).map((d) => [d.channel, d.address, d.kind, d.subject, d.taskId, d.body]),
    ).toEqual([
      ['test', 'owner', 'news', 'notice:2', 3, { text: 'log in', state: null }],
      ['other', 'me', 'news', 'notice:2', 3, { text: 'log in', state: null }],
      ['other', 'me', 'news', 'notice:3', 3, { text: 'log in', state: null }],
    ]);
  });

  it('are not sent once they were seen or no longer hold', async () => {
    await announce('owner');
    await keepNotice(store(), notice);
    await settleNotices(store(), { origin: 'agent', now });
    await keepNotice(store(), { ...notice, origin: 'task' });
    await seeNotices(store(), { ids: [2], now });
    expect((await deliveries(store())).map(({ state }) => state)).toEqual(Array(4).fill('dropped'));
  });

  it('go nowhere in a channel that is served no more', async () => {
    await announce('owner');
    await announceChannels(store(), { worker: mine, channels: [{ name: 'other', ownerAddress: null }], now });
    await keepNotice(store(), notice);
    expect(await deliveries(store())).toEqual([]);
  });
});

it('lists the newest first, by state and by channel', async () => {
  await keep('a');
  await keep('b', 'other:x');
  await markDelivered(store(), 1, null, now);
  const ids = async (search: object) =>
    (await listDeliveries(store(), { limit: 10, ...search })).map(({ id }) => id);
  expect(await ids({})).toEqual([2, 1]);
  expect(await ids({ state: 'delivered' })).toEqual([1]);
  expect(await ids({ channel: 'other' })).toEqual([2]);
  expect(await ids({ before: 2 })).toEqual([1]);
});
