import { setMaxListeners } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Dispatch } from '../../src/lib/operations/dispatch.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { decideWish } from '../../src/wishes/decide.ts';
import { readAlerts } from '../../src/alerts/alert-file.ts';
import { idAt } from '../../src/discord/snowflake.ts';
import { discordOperations } from '../../src/discord/operations.ts';
import type { ChannelAwayError, OutgoingMessage } from '../../src/outbox/channel.ts';
import { type FakeDiscord, startFakeDiscord } from '../helpers/discord/fake-discord.ts';
import { type DiscordRig, startDiscordRig } from '../helpers/discord/rig.ts';
import { until } from '../helpers/daemon.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase(
  'discord_bots',
  'discord_channels',
  'discord_identifies',
  'discord_pairings',
  'discord_drafts',
  'discord_cards',
  'events',
  'tasks',
  'deliveries',
  'owner_notices',
  'wishlist',
  'activity_log',
);

let fake: FakeDiscord;
let rigs: DiscordRig[] = [];

beforeEach(async () => {
  fake = await startFakeDiscord();
});
afterEach(async () => {
  for (const rig of rigs) rig.stop();
  rigs = [];
  await fake.stop();
});

type Options = Partial<Parameters<typeof startDiscordRig>[1]>;

function start(options: Options = {}): DiscordRig {
  const rig = startDiscordRig(fake, { store, home: tempDir(), ...options });
  rigs.push(rig);
  return rig;
}

async function started(options: Options = {}): Promise<DiscordRig> {
  const rig = start(options);
  await until(`ready, and not ${rig.link.facts().state}`, () => rig.link.facts().state === 'ready', 20_000);
  return rig;
}

function message(fields: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    address: fake.dm(fake.ownerId),
    kind: 'reply',
    text: 'pong',
    state: 'done',
    eventId: null,
    taskId: null,
    subject: 'task:1:1',
    token: '0123456789abcdef0123',
    attempt: 1,
    mayBeRepeat: false,
    lastAnswer: null,
    ...fields,
  };
}

const { signal } = new AbortController();
// discord.js listens to it for each request.
setMaxListeners(0, signal);
const said = (): string[] => fake.replies().map(({ content }) => content);

describe('the way in and out', () => {
  it('a DM of the owner becomes an event, gets a sign, and moves the cursor', async () => {
    const { link, events } = await started();
    const dm = fake.say('hello there');
    await until('the cursor has moved', () => link.facts().cursor === dm.id);
    const channelId = fake.dm(fake.ownerId);
    expect(events).toEqual([
      {
        priority: 'HUMAN',
        source: 'discord',
        category: 'chat',
        payload: {
          text: 'hello there',
          conversation: `discord:${channelId}`,
          replyTo: `discord:${channelId}`,
          dedupKey: `discord:${dm.id}`,
          discord: { messageId: dm.id, quoted: null, files: [] },
        },
      },
    ]);
    await until('the sign', () => fake.reactions.length === 1);
    expect(fake.reactions).toEqual([{ messageId: dm.id, emoji: '👀' }]);
    const { rows } = await store.query({ text: 'SELECT cursor FROM discord_channels' });
    expect(rows).toEqual([{ cursor: dm.id }]);
  });

  it('a reply is one message with a nonce that cannot ring anybody', async () => {
    const { channel } = await started();
    const answer = await channel.deliver(message(), signal);
    expect(said()).toEqual(['pong']);
    expect(fake.replies()[0]?.nonce).toBe('0123456789abcdef012300000');
    expect(answer).toEqual({ parts: [{ id: fake.replies()[0]?.id, hash: expect.any(String) as string }] });
    const sent = fake.requests.find(({ method, path }) => method === 'POST' && path.endsWith('/messages'));
    expect(sent?.body).toMatchObject({ enforce_nonce: true, allowed_mentions: { parse: [] } });
  });
});

describe('who may speak', () => {
  const stranger = '1400000000000000004';
  const silent = () =>
    fake.messages.filter(
      ({ channel_id: id, author }) => id === fake.dm(stranger) && author.id === fake.botId,
    );

  it('is the owner alone: strangers, bots, servers, groups and itself are passed over and counted', async () => {
    const { link, events, warnings } = await started();
    const bot = { author: { id: '1500000000000000005', username: 'b', bot: true } };
    fake.say('stranger', { userId: stranger });
    fake.say('bot', { fields: bot });
    fake.say('webhook', { fields: { webhook_id: '9' } });
    fake.say('server', { fields: { guild_id: '1600000000000000006' } });
    fake.say('group', { channelId: '1700000000000000009', fields: { channel_type: 3 } });
    fake.say('group without its type', {
      channelId: '1700000000000000009',
      fields: { channel_type: undefined },
    });
    fake.say('pinned', { fields: { type: 6 } });
    fake.say('me');
    await until('the last one', () => events.length > 0);
    expect(events.map(({ payload }) => payload.text)).toEqual(['me']);
    expect(link.ignored).toMatchObject({ strangers: 1, bots: 2, elsewhere: 4 });
    expect(silent()).toEqual([]);
    expect(JSON.stringify(warnings)).not.toContain('stranger');
  });

  it('is known without the type of the channel too, in the DM and in one that is fetched', async () => {
    const { events } = await started();
    fake.say('with', {});
    fake.say('without', { fields: { channel_type: undefined } });
    fake.say('elsewhere', { channelId: '1800000000000000008', fields: { channel_type: undefined } });
    await until('all three', () => events.length === 3);
    expect(events.map(({ payload }) => payload.text)).toEqual(['with', 'without', 'elsewhere']);
  });

  it('is found by a code that the owner confirms; past three there is silence', async () => {
    const rig = await started({ env: { DISCORD_OWNER_ID: '' } });
    const codes = () =>
      fake.messages.flatMap(({ author, content, channel_id: channel }) =>
        author.id === fake.botId
          ? [{ channel, code: /pair ([A-Z0-9]{8})/.exec(content)?.[1] ?? content }]
          : [],
      );
    for (const digit of ['1', '2', '3', '4']) fake.say('hello', { userId: `140000000000000000${digit}` });
    fake.say('hello again', { userId: '1400000000000000001' });
    await until('all are seen', () => rig.link.ignored.strangers === 5);
    await until('three codes', () => codes().length === 3);
    expect(rig.events).toEqual([]);
    const needs = { store, bus: rig.bus, now: () => new Date(), discord: rig.link };
    const [first] = codes();
    await expect(
      discordOperations['discord.pair'].handle(needs, { code: 'WRONG234' }, { by: 'cli' }),
    ).rejects.toThrow(/nobody has that code/);
    const view = await discordOperations['discord.get'].handle(needs, {}, { by: 'cli' });
    expect(view.pairings.map(({ userId }) => userId)).toEqual(
      [1, 2, 3].map((digit) => `140000000000000000${digit}`),
    );
    await discordOperations['discord.pair'].handle(
      needs,
      { code: ` ${first?.code.toLowerCase() ?? ''} ` },
      { by: 'cli' },
    );
    await until('the owner is known', () => rig.link.facts().channelId === fake.dm('1400000000000000001'));
    await until('ready again', () => rig.link.facts().state === 'ready');
    fake.say('now I am yours', { userId: '1400000000000000001' });
    fake.say('and I', { userId: '1400000000000000002' });
    await until('the owner is heard', () => rig.events.length === 1);
    expect(rig.events[0]?.payload.text).toBe('now I am yours');
    expect(codes()).toHaveLength(3);
    const { rows } = await store.query({ text: `SELECT action, detail->>'by' AS by FROM activity_log` });
    expect(rows).toEqual([{ action: 'discord.paired', by: 'cli' }]);
    await discordOperations['discord.unpair'].handle(needs, {}, { by: 'cli' });
    await until('nobody is the owner', () => rig.link.facts().ownerId === null);
  });

  it('another program with our token is told of, once', async () => {
    const { link, channel } = await started();
    await channel.deliver(message({ text: 'mine' }), signal);
    const other = { author: { id: fake.botId, username: 'ninja', bot: true } };
    fake.say('not mine', { fields: other });
    fake.say('not mine either', { fields: other });
    await until('it is noticed', () => link.facts().trouble !== null);
    const { rows } = await store.query<{ text: string }>({ text: 'SELECT text FROM owner_notices' });
    expect(rows).toHaveLength(1);
    expect(rows[0]?.text).toMatch(/^Another program speaks with the token of your Discord bot/);
  });
});

describe('what a message carries', () => {
  it('is its quote and its files: text in the prompt, others in the spool, and what cannot be had is said', async () => {
    const { events, home } = await started();
    const file = (id: string, name: string, url: string, size: number, type = 'text/plain') => ({
      id: `190000000000000000${id}`,
      filename: name,
      size,
      url,
      content_type: type,
    });
    const big = fake.file('/big', { body: 'x', length: 1 });
    fake.say('look at this', {
      fields: {
        type: 19,
        referenced_message: { id: '1', content: 'what I wrote\nyesterday', author: { id: fake.botId } },
      },
      attachments: [
        file('1', 'notes.txt', fake.file('/notes', { body: 'buy ``` milk' }), 12),
        file(
          '2',
          '../../evil pic.png',
          fake.file('/pic', { body: Buffer.from([137, 80, 78, 71]) }),
          4,
          'image/png',
        ),
        file('3', 'huge.iso', big, 500_000_000, 'application/octet-stream'),
        file('4', 'gone.txt', fake.file('/gone', { status: 404 }), 4),
        file(
          '5',
          'liar.bin',
          fake.file('/liar', { body: Buffer.alloc(2_000_000) }),
          4,
          'application/octet-stream',
        ),
      ],
    });
    await until('it is in', () => events.length === 1);
    const [event] = events;
    const { text } = event?.payload ?? { text: '' };
    const path = /is at (\S+)/.exec(text)?.[1] ?? '';
    expect(path.startsWith(join(home, 'spool', 'discord'))).toBe(true);
    expect(readFileSync(path)).toEqual(Buffer.from([137, 80, 78, 71]));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(text.replace(path, 'PATH')).toBe(
      [
        'In reply to:\n> what I wrote\n> yesterday',
        'look at this',
        'Attached file "notes.txt":\n````\nbuy ``` milk\n````',
        'Attached file "../../evil pic.png" (image/png, 4 bytes) is at PATH',
        'Attached file "huge.iso" is not here: it has 500.0 MB, at most 1.0 MB are fetched.',
        'Attached file "gone.txt" is not here: Discord answered 404.',
        'Attached file "liar.bin" is not here: it is larger than 1.0 MB.',
      ].join('\n\n'),
    );
    expect(fake.requests.some(({ path: asked }) => asked === '/big')).toBe(false);
  });

  it('is fetched by a fresh address where the old one has run out', async () => {
    const { events } = await started();
    const attachment = { id: '1900000000000000001', filename: 'a.txt', size: 3, content_type: 'text/plain' };
    const dm = fake.say('late', {
      isDispatched: false,
      attachments: [{ ...attachment, url: fake.file('/fresh', { body: 'new' }) }],
    });
    fake.gateway.dispatch('MESSAGE_CREATE', {
      ...dm,
      channel_type: 1,
      attachments: [{ ...attachment, url: fake.file('/stale', { status: 403 }) }],
    });
    await until('it is in', () => events.length === 1);
    expect(events[0]?.payload.text).toContain('new');
  });

  it('stays a command where it is one, whole up to 4,000 characters', async () => {
    const { events } = await started();
    fake.say('/status', { fields: { type: 19, referenced_message: { id: '1', content: 'quoted' } } });
    fake.say('ü'.repeat(4_000));
    await until('both', () => events.length === 2);
    expect(events.map(({ payload }) => payload.text)).toEqual(['/status', 'ü'.repeat(4_000)]);
  });
});

describe('a reply', () => {
  const posts = () =>
    fake.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/messages'));
  const deliver = (channel: DiscordRig['channel'], fields: Partial<OutgoingMessage> = {}) =>
    channel.deliver(message(fields), signal).catch((thrown: unknown) => thrown) as Promise<ChannelAwayError>;

  it('of several parts goes on where it stopped, each part once', async () => {
    const { channel } = await started();
    const text = `${'first '.repeat(300)}\n${'second '.repeat(250)}\n${'third '.repeat(300)}`;
    fake.trouble({ method: 'POST', path: /messages$/, times: 0, answer: 'drop before' });
    await channel.deliver(message({ text: 'before', token: 'f'.repeat(20), subject: 'task:9:9' }), signal);
    let parts = 0;
    fake.trouble({
      method: 'POST',
      path: /messages$/,
      times: 1,
      answer: { wait: Promise.resolve((parts += 1)) },
    });
    fake.trouble({ method: 'POST', path: /messages$/, times: 1, answer: { status: 502, body: '<html>' } });
    const failed = await deliver(channel, { text });
    expect(failed).toMatchObject({ code: 'CHANNEL_AWAY', mayHaveArrived: true });
    await deliver(channel, { text, attempt: 2, mayBeRepeat: true, lastAnswer: failed.answer });
    expect(said().slice(1).join('')).toBe(text);
    expect(fake.replies()).toHaveLength(4);
  });

  it.each([
    ['by its nonce', { enforcesNonce: false, listsNonce: true }],
    ['by its words', { enforcesNonce: false, listsNonce: false }],
  ])('whose answer was lost is found %s, and not sent again', async (_, options) => {
    Object.assign(fake.options, options);
    const { channel } = await started();
    fake.trouble({ method: 'POST', path: /messages$/, times: 1, answer: 'drop after' });
    expect(await deliver(channel)).toMatchObject({ code: 'CHANNEL_AWAY', mayHaveArrived: true });
    expect(said()).toEqual(['pong']);
    const answer = await channel.deliver(message({ attempt: 2, mayBeRepeat: true }), signal);
    expect(said()).toEqual(['pong']);
    expect(answer).toMatchObject({ parts: [{ id: fake.replies()[0]?.id }] });
    expect(posts()).toHaveLength(1);
  });

  it('is not taken for an equal one of another task', async () => {
    fake.options.enforcesNonce = false;
    fake.options.listsNonce = false;
    const { channel } = await started();
    const other = await channel.deliver(
      message({ text: 'Done.', token: 'a'.repeat(20), subject: 'task:1:1' }),
      signal,
    );
    await store.query({
      text: `INSERT INTO deliveries (channel, address, kind, subject, body, state, answer, created_at, queued_at, due_at, ended_at)
             VALUES ('discord', $1, 'reply', 'task:1:1', '{}', 'delivered', $2, now(), now(), now(), now())`,
      values: [fake.dm(fake.ownerId), JSON.stringify(other)],
    });
    const again = message({ text: 'Done.', token: 'b'.repeat(20), subject: 'task:2:2', mayBeRepeat: true });
    await channel.deliver(again, signal);
    expect(said()).toEqual(['Done.', 'Done.']);
  });

  it.each([
    [
      { status: 500, body: '{"message":"x"}' },
      { code: 'CHANNEL_AWAY', mayHaveArrived: true },
    ],
    [
      { status: 200, body: '<html>hello</html>', headers: { 'Content-Type': 'text/html' } },
      { code: 'CHANNEL_AWAY', mayHaveArrived: true },
    ],
    [
      { status: 403, body: '<html>blocked</html>', headers: { 'Content-Type': 'text/html' } },
      { code: 'CHANNEL_AWAY' },
    ],
    [
      { status: 403, body: '{"message":"Cannot send messages to this user","code":50007}' },
      { code: 'MESSAGE_REFUSED' },
    ],
    [{ status: 400, body: '{"message":"Invalid Form Body","code":50035}' }, { code: 'MESSAGE_REFUSED' }],
    [
      {
        status: 429,
        body: '{"message":"slow","retry_after":9.5,"global":false}',
        headers: { 'Retry-After': '9.5' },
      },
      { code: 'CHANNEL_BUSY', retryAfterMs: expect.closeTo(9_500, -3) as number },
    ],
  ])('that Discord answers with %o is an outcome, and the daemon lives', async (answer, outcome) => {
    const { channel, link } = await started();
    fake.trouble({ method: 'POST', path: /messages$/, times: 1, answer });
    expect(await deliver(channel)).toMatchObject(outcome);
    if (answer.body.includes('50007')) expect(link.facts().trouble).toMatch(/50007/);
    expect(await channel.deliver(message(), signal)).toMatchObject({ parts: [{}] });
    expect(link.facts().trouble).toBeNull();
  });

  it('waits its turn at a short limit, and the state shows a longer one', async () => {
    const { channel, link } = await started();
    const states: string[] = [];
    link.onChange(({ state }) => states.push(state));
    fake.trouble({
      method: 'POST',
      path: /messages$/,
      times: 1,
      answer: {
        status: 429,
        body: '{"message":"slow","retry_after":1.2,"global":false}',
        headers: { 'Retry-After': '1.2' },
      },
    });
    await channel.deliver(message(), signal);
    expect(said()).toEqual(['pong']);
    await until('ready again', () => link.facts().state === 'ready');
    expect(states).toEqual(['rate-limited', 'ready']);
  });

  it('goes to the owner alone, and to nobody while there is no connection', async () => {
    const rig = await started();
    expect(await deliver(rig.channel, { address: fake.dm('1400000000000000004') })).toMatchObject({
      code: 'MESSAGE_REFUSED',
    });
    rig.stop();
    expect(await deliver(rig.channel)).toMatchObject({ code: 'CHANNEL_AWAY', mayHaveArrived: false });
  });

  it('grows in one message while it is written, and the last edit is the whole of it', async () => {
    const { bus, channel } = await started();
    await task(1, 'running');
    bus.emit('task.state', { taskId: 1, eventId: 1, state: 'running' });
    bus.emit('task.text', { taskId: 1, eventId: 1, text: 'Once upon' });
    await until('somebody types', () => fake.typings > 0);
    await until('the draft', () => fake.replies().length === 1);
    expect(said()).toEqual(['Once upon …']);
    bus.emit('task.text', { taskId: 1, eventId: 1, text: ' a time' });
    await until('the edit', () => said()[0] === 'Once upon a time …');
    bus.emit('task.state', { taskId: 1, eventId: 1, state: 'done' });
    const long = `Once upon a time${' there was'.repeat(300)}`;
    await channel.deliver(message({ taskId: 1, text: long }), signal);
    expect(said().join('')).toBe(long);
    expect(fake.replies()).toHaveLength(2);
    const edits = fake.requests.filter(({ method }) => method === 'PATCH');
    for (const [index, { at }] of edits.slice(1, -1).entries())
      expect(at - (edits[index]?.at ?? 0)).toBeGreaterThanOrEqual(1_400);
    const { rows } = await store.query({ text: 'SELECT * FROM discord_drafts' });
    expect(rows).toEqual([]);
    const typed = fake.typings;
    bus.emit('task.text', { taskId: 1, eventId: 1, text: ' late' });
    await new Promise((resolve) => setTimeout(resolve, 1_700));
    expect([fake.typings, said().join('')]).toEqual([typed, long]);
  });

  it('takes over the draft of a life before, also where nobody knows whether that was made', async () => {
    const first = await started();
    await task(1, 'running');
    first.bus.emit('task.state', { taskId: 1, eventId: 1, state: 'running' });
    fake.trouble({ method: 'POST', path: /messages$/, times: 1, answer: 'drop after' });
    first.bus.emit('task.text', { taskId: 1, eventId: 1, text: 'Half' });
    await until('the draft', () => fake.replies().length === 1);
    first.stop();
    const { channel } = await started();
    await channel.deliver(message({ taskId: 1, text: 'Half and half' }), signal);
    expect(said()).toEqual(['Half and half']);
  });

  it('names the message that it answers where another one came after it', async () => {
    const { channel, events } = await started();
    const dm = fake.say('first question');
    fake.say('second question');
    await until('both', () => events.length === 2);
    await event(7, `discord:${dm.id}`);
    await channel.deliver(message({ eventId: 7 }), signal);
    expect(fake.replies()[0]?.answers).toBe(dm.id);
  });
});

/** A task row whose reply goes to the owner. */
async function task(id: number, state: string, dedupKey = `discord:${id}`): Promise<void> {
  await store.transaction(async (tx) => {
    await event(id, dedupKey, tx);
    await insertTask(id, state, tx);
  });
}

async function insertTask(id: number, state: string, tx: Pick<Store, 'query'>): Promise<void> {
  await tx.query({
    text: `INSERT INTO tasks (id, event_id, priority, source, category, prompt, reply_to, state, queued_at, run_after, waits_from, started_at, worker, lease_until, attempts)
           OVERRIDING SYSTEM VALUE
           VALUES ($1, $1, 0, 'discord', 'chat', 'old words', $2, $3, now(), now(), now(), now(),
                   CASE WHEN $3 = 'running' THEN gen_random_uuid() END, CASE WHEN $3 = 'running' THEN now() END, CASE WHEN $3 = 'running' THEN 1 ELSE 0 END)`,
    values: [id, `discord:${fake.dm(fake.ownerId)}`, state],
  });
}

async function event(id: number, dedupKey: string, tx: Pick<Store, 'query'> = store): Promise<void> {
  await tx.query({
    text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status, dedup_key)
           OVERRIDING SYSTEM VALUE VALUES ($1, 0, 'discord', 'chat', '{}', now(), now(), 'task', 'human', 'task', $2)`,
    values: [id, dedupKey],
  });
}

describe('a message that waits', () => {
  const prompt = async (id: number) =>
    (await store.query<{ prompt: string }>({ text: `SELECT prompt FROM tasks WHERE id = ${id}` })).rows[0]
      ?.prompt;

  it('gets its new words by an edit, and leaves the queue when it is deleted', async () => {
    const { dispatched, events } = await started();
    const [edited, deleted] = [fake.say('old words'), fake.say('old words')];
    await until('both are in', () => events.length === 2);
    await task(1, 'queued', `discord:${edited.id}`);
    await task(2, 'queued', `discord:${deleted.id}`);
    fake.edit(edited, 'new words');
    await until('the new words', async () => (await prompt(1)) === 'new words');
    const { rows } = await store.query<{ payload: string }>({
      text: 'SELECT payload FROM events WHERE id = 1',
    });
    expect(JSON.parse(rows[0]?.payload ?? '')).toMatchObject({
      text: 'new words',
      dedupKey: `discord:${edited.id}`,
    });
    fake.remove(deleted);
    await until('the cancel', () => dispatched.length === 1);
    expect(dispatched).toEqual([{ name: 'task.cancel', input: { id: 2 } }]);
  });

  it('is changed once it is recorded, where the change came first; one that runs is left alone', async () => {
    const { bus, events } = await started();
    const dm = fake.say('old words');
    await until('it is in', () => events.length === 1);
    fake.edit(dm, 'new words');
    await until('the edit was looked at', () => fake.requests.some(({ method }) => method === 'PUT'));
    await task(1, 'queued', `discord:${dm.id}`);
    await until('the new words', async () => {
      bus.emit('events.recorded', { records: [{ dedupKey: `discord:${dm.id}` } as never] });
      return (await prompt(1)) === 'new words';
    });
    const other = fake.say('old words');
    await until('it is in', () => events.length === 2);
    await task(2, 'running', `discord:${other.id}`);
    fake.edit(other, 'too late');
    fake.edit(dm, 'newest words');
    await until('the later edit', async () => (await prompt(1)) === 'newest words');
    expect(await prompt(2)).toBe('old words');
  });

  it('is written anew until the journal has it, and the cursor waits for that', async () => {
    const { accepting, events, link } = await started();
    const before = link.facts().cursor;
    accepting.isOpen = false;
    const dm = fake.say('patience');
    await until('it was seen', () => link.facts().lastMessageAt !== null);
    expect(link.facts().cursor).toBe(before);
    accepting.isOpen = true;
    await until('it is in', () => link.facts().cursor === dm.id);
    expect(events).toHaveLength(1);
  });
});

describe('decisions', () => {
  const wish = async (id: number, title = `wish ${id}`): Promise<void> => {
    await store.query({
      text: `INSERT INTO wishlist (id, title, description, fingerprint, origin, state, created_at)
             OVERRIDING SYSTEM VALUE VALUES ($1, $2, 'because', md5($2), 'owner', 'proposed', now())`,
      values: [id, title],
    });
  };
  const buttons = (at = 0) =>
    (fake.replies()[at]?.components as { components: { custom_id: string; label: string }[] }[]).flatMap(
      ({ components }) => components,
    );
  const decide: Dispatch = async (_, input, caller) => {
    const decided = input as { id: number; decision: 'approve' };
    const answer = await store
      .transaction((tx) => decideWish(tx, caller, decided, new Date()))
      .then(
        (data) => ({ ok: true as const, data }),
        (thrown: unknown) => ({ ok: false as const, error: { code: 'CONFLICT', message: String(thrown) } }),
      );
    return { status: 200, answer };
  };

  it('come as messages with buttons; a click is acknowledged before any work and after a restart', async () => {
    await wish(12, 'water the plants');
    const first = await started();
    await until('the card', () => fake.replies().length === 1);
    expect(said()).toEqual(['**Wish 12: water the plants**\n\nbecause']);
    expect(buttons().map(({ label }) => label)).toEqual(['Approve', 'Reject']);
    first.stop();
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    const slowStore: Store = {
      query: async (statement) => {
        if (statement.name === 'wishes-find') await slow;
        return store.query(statement);
      },
      transaction: (work) => store.transaction(work),
    };
    await started({ store: slowStore, dispatch: decide });
    const id = fake.click(fake.replies()[0]?.id ?? '', buttons()[0]?.custom_id ?? '');
    await until('the acknowledgement', () => fake.callbacks.length === 1);
    expect(fake.callbacks).toEqual([{ id, body: { type: 6 }, at: expect.any(Number) as number }]);
    expect(said()[0]).not.toContain('approved');
    release();
    await until('the card is redrawn', () => said()[0]?.includes('approved') === true);
    expect(said()).toEqual([expect.stringMatching(/because\n\n→ approved at \d\d:\d\d here$/)]);
    expect(buttons()).toEqual([]);
  });

  it('are valid everywhere: one made on the dashboard redraws the card, and a second click says so', async () => {
    await wish(1);
    const { bus } = await started({ dispatch: decide });
    await until('the card', () => fake.replies().length === 1);
    const [approve, reject] = buttons();
    await store.transaction((tx) =>
      decideWish(tx, { by: 'dashboard' }, { id: 1, decision: 'approve' }, new Date()),
    );
    bus.emit('list.changed', { list: 'wishes.list' });
    await until('the card is redrawn', () => said()[0]?.includes('on the dashboard') === true);
    expect(said()[0]).toMatch(/→ approved at \d\d:\d\d on the dashboard$/);
    for (const button of [approve, reject]) fake.click(fake.replies()[0]?.id ?? '', button?.custom_id ?? '');
    await until('both are acknowledged', () => fake.callbacks.length === 2);
    const { rows } = await store.query({ text: 'SELECT state FROM wishlist' });
    expect(rows).toEqual([{ state: 'approved' }]);
    expect(said()[0]).toMatch(/→ approved at \d\d:\d\d on the dashboard$/);
  });

  it('about something that has changed are asked for anew, and a stranger decides nothing', async () => {
    await wish(1);
    const { link } = await started({ dispatch: decide });
    await until('the card', () => fake.replies().length === 1);
    const [{ custom_id: stale } = { custom_id: '' }] = buttons();
    await store.query({ text: `UPDATE wishlist SET description = 'for another reason'` });
    const messageId = fake.replies()[0]?.id ?? '';
    fake.click(messageId, stale, '1400000000000000004');
    fake.click(messageId, stale);
    await until('it is shown anew', () => said()[0]?.includes('for another reason') === true);
    expect(said()[0]).toContain('⚠ It has changed since it was shown: please look again.');
    expect(fake.callbacks).toHaveLength(1);
    expect(link.ignored.strangers).toBe(1);
    for (const id of ['', 'n1:wish:1:explode:00000000', 'n1:nothing:1:approve:00000000', 'x'.repeat(100)])
      fake.click(messageId, id);
    await until('all are acknowledged', () => fake.callbacks.length === 5);
    const { rows } = await store.query({ text: 'SELECT state FROM wishlist' });
    expect(rows).toEqual([{ state: 'proposed' }]);
  });

  const task = async (id: number, columns: Record<string, unknown>): Promise<void> => {
    await store.query({
      text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
             VALUES ($1, 0, 'discord', 'ask', 'mail mum', now(), now(), 'task', 'default', 'task')`,
      values: [id],
    });
    await store.query({
      text: `INSERT INTO tasks (id, event_id, priority, source, category, prompt, run_after, queued_at, reply_to, state, in_doubt, progress,
                                started_at, worker, lease_until, attempts)
             OVERRIDING SYSTEM VALUE VALUES ($1, $1, 0, 'discord', 'ask', 'mail mum', now(), now(), 'discord:7', $2, $3, $4, now(),
                                $5, CASE WHEN $2 = 'running' THEN now() END, 1)`,
      values: [
        id,
        columns['state'],
        columns['inDoubt'] ?? false,
        columns['progress'],
        columns['state'] === 'running' ? '00000000-0000-4000-8000-000000000001' : null,
      ],
    });
  };

  it('about a task in doubt: it goes on, or is left', async () => {
    await task(7, {
      state: 'queued',
      inDoubt: true,
      progress: 'in doubt: nobody knows whether Bash mail mum',
    });
    const { dispatched } = await started({
      dispatch: async (name, input) => {
        dispatched.push({ name, input });
        await store.query({ text: 'UPDATE tasks SET in_doubt = false' });
        return { status: 200, answer: { ok: true, data: null } };
      },
    });
    await until('the card', () => fake.replies().length === 1);
    expect(said()[0]).toMatch(
      /^\*\*In doubt 7: task 7 from discord\*\*\n\nmail mum\n\nin doubt: nobody knows/,
    );
    expect(buttons().map(({ label }) => label)).toEqual(['Go on', 'Leave it']);
    fake.click(fake.replies()[0]?.id ?? '', buttons()[0]?.custom_id ?? '');
    await until('the card is redrawn', () => said()[0]?.includes('→ told to go on') === true);
    expect(dispatched).toEqual([{ name: 'task.goOn', input: { id: 7 } }]);
    expect(buttons()).toEqual([]);
  });

  it('about a task from which no word comes: it is stopped, or asked again; its card ends with the silence', async () => {
    await task(8, {
      state: 'running',
      progress: 'no word from the model for 3 minutes; it is tried until 14:22',
    });
    const { bus, dispatched } = await started({
      dispatch: (name, input) => {
        dispatched.push({ name, input });
        return Promise.resolve({ status: 200, answer: { ok: true, data: null } });
      },
    });
    await until('the card', () => fake.replies().length === 1);
    expect(said()[0]).toMatch(
      /^\*\*Silent 8: task 8\*\*\n\nmail mum\n\nno word from the model for 3 minutes/,
    );
    expect(buttons().map(({ label }) => label)).toEqual(['Stop', 'Ask again']);
    fake.click(fake.replies()[0]?.id ?? '', buttons()[1]?.custom_id ?? '');
    await until('it is asked again', () => dispatched.length === 1);
    expect(dispatched).toEqual([{ name: 'task.again', input: { id: 8 } }]);
    await store.query({ text: `UPDATE tasks SET progress = 'writing'` });
    bus.emit('list.changed', { list: 'tasks.list' });
    await until('the card is redrawn', () => said()[0]?.includes('→ it speaks again') === true);
  });

  it('are ten cards at most, and a card whose message is not known to be made is not made twice', async () => {
    for (let id = 1; id <= 12; id += 1) await wish(id);
    fake.trouble({ method: 'POST', path: /messages$/, times: 1, answer: 'drop after' });
    const { bus } = await started();
    await until('a card', () => fake.replies().length === 1);
    await until('the others', () => {
      bus.emit('list.changed', { list: 'wishes.list' });
      return fake.replies().length === 10;
    });
    expect(new Set(said()).size).toBe(10);
  });
});

describe('commands', () => {
  it('are registered once, and one is answered at once and goes the way of a text', async () => {
    const first = await started();
    await until('they are registered', () => fake.commands !== undefined);
    expect(fake.commands).toContainEqual(expect.objectContaining({ name: 'status', contexts: [1] }));
    const id = fake.command('remember', 'the hose is blue');
    await until('it is in', () => first.events.length === 1);
    expect(first.events[0]?.payload).toMatchObject({
      text: '/remember the hose is blue',
      dedupKey: `discord:${id}`,
    });
    expect(fake.callbacks[0]?.body).toMatchObject({
      type: 4,
      data: { content: '/remember the hose is blue' },
    });
    first.stop();
    const again = await started();
    await until(
      'the upkeep is through',
      async () =>
        (
          await store.query({
            text: 'SELECT commands_hash FROM discord_bots WHERE commands_hash IS NOT NULL',
          })
        ).rowCount === 1,
    );
    expect(fake.requests.filter(({ path }) => path.endsWith('/commands'))).toHaveLength(1);
    again.stop();
  });
});

describe('the connection', () => {
  const becomes = (rig: DiscordRig, state: string, withinMs = 20_000) =>
    until(`${state}, and not ${rig.link.facts().state}`, () => rig.link.facts().state === state, withinMs);

  it('is disabled without a token, and asks nobody', async () => {
    const { link } = start({ env: { DISCORD_TOKEN: '' } });
    await until('disabled', () => link.facts().state === 'disabled');
    expect(fake.requests).toEqual([]);
  });

  it.each([
    ['1100000000000000001', 'unauthorised', /digits only/],
    ['revoked.to.ken', 'unauthorised', /does not take the token \(401\)/],
    [`${Buffer.from('1999999999999999999').toString('base64')}.a.b`, 'unauthorised', /401/],
  ])('with the token %s is %s, and no IDENTIFY is sent', async (token, state, reason) => {
    const rig = start({ env: { DISCORD_TOKEN: token } });
    await becomes(rig, state);
    expect(rig.link.facts().reason).toMatch(reason);
    expect(fake.gateway.identifies).toBe(0);
  });

  it('of another bot than the expected one is refused before it is ready', async () => {
    const rig = start({ config: { 'discord.botId': '1999999999999999999' } });
    await becomes(rig, 'unauthorised');
    expect(rig.link.facts().reason).toBe(
      `the token is that of the bot ${fake.botId} (ninja), and 1999999999999999999 was expected`,
    );
    expect(fake.gateway.identifies).toBe(0);
  });

  it.each([
    [4004, 'unauthorised'],
    [4010, 'parked'],
    [4011, 'parked'],
    [4012, 'parked'],
    [4013, 'parked'],
    [4014, 'parked'],
  ])('that the gateway closes with %i is %s with a sentence, and stays so', async (code, state) => {
    fake.gateway.options.identify = code;
    const rig = start();
    await becomes(rig, state);
    expect(rig.link.facts().reason).toContain(`(${code})`);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect([rig.link.facts().state, fake.gateway.identifies]).toEqual([state, 1]);
  });

  it('is parked while Discord allows no session, with the time of the next one', async () => {
    fake.limits = { total: 1000, remaining: 0, reset_after: 7_200_000 };
    const rig = start();
    await becomes(rig, 'parked');
    const { reason, resetAt, identifiesLeft } = rig.link.facts();
    expect(reason).toMatch(
      /^Discord allows no session now; one more may cost the token. The next one is free at \d{4}-/,
    );
    expect(resetAt).toBeGreaterThan(Date.now() + 7_000_000);
    expect([identifiesLeft, fake.gateway.identifies]).toEqual([0, 0]);
  });

  it('that crashes in a loop stops at 50 IDENTIFYs a day, also over restarts', async () => {
    await store.query({
      text: `INSERT INTO discord_identifies (bot_id, at) SELECT $1, now() - interval '1 hour' FROM generate_series(1, 48)`,
      values: [fake.botId],
    });
    for (let life = 0; life < 2; life += 1) {
      const rig = await started();
      rig.stop();
    }
    const rig = start();
    await becomes(rig, 'parked');
    expect(rig.link.facts().reason).toMatch(/^ninjad has opened 50 sessions in a day/);
    expect(fake.gateway.identifies).toBe(2);
    const { rows } = await store.query({ text: 'SELECT count(*)::int AS count FROM discord_identifies' });
    expect(rows).toEqual([{ count: 50 }]);
  });

  it('whose sessions Discord ends again and again does not spend one past the budget', async () => {
    await store.query({
      text: `INSERT INTO discord_identifies (bot_id, at) SELECT $1, now() FROM generate_series(1, 49)`,
      values: [fake.botId],
    });
    const rig = await started();
    fake.gateway.options.resume = 'refuse';
    fake.gateway.cut(4000);
    await becomes(rig, 'parked', 30_000);
    expect(fake.gateway.identifies).toBe(1);
  });

  it.each([
    ['GET', /users\/@me$/, { status: 500, body: '{}' }],
    ['GET', /users\/@me$/, { status: 200, body: '<html>', headers: { 'Content-Type': 'text/html' } }],
    ['GET', /gateway\/bot$/, { status: 200, body: '{"url":5}' }],
    ['GET', /users\/@me$/, 'drop before'],
  ] as const)('survives %s %s with %o', async (method, path, answer) => {
    fake.trouble({ method, path, times: 1, answer });
    const rig = start();
    await becomes(rig, 'away');
    await becomes(rig, 'ready');
    expect(fake.gateway.identifies).toBe(1);
  });

  it('survives garbage of the gateway, and hears what comes after it', async () => {
    const { events, link } = await started();
    for (const garbage of [
      'not json',
      '{}',
      'null',
      '[]',
      '{"op":9}',
      '{"op":0,"t":"MESSAGE_CREATE","s":2,"d":null}',
      '{"op":0,"t":"MESSAGE_CREATE","s":3,"d":{"id":"x"}}',
      '{"op":0,"t":"error","s":4,"d":{}}',
      '{"op":0,"t":"READY","s":5,"d":{}}',
      '{"op":0,"t":"GUILD_CREATE","s":6,"d":null}',
      '{"op":0,"t":"INTERACTION_CREATE","s":7,"d":{"id":"1"}}',
      '{"op":0,"t":"NEVER_HEARD_OF","s":8,"d":{}}',
      '{"op":10}',
      Buffer.from([1, 2, 3]),
    ])
      fake.gateway.raw(garbage);
    fake.say('still there?');
    await until('it is in', () => events.some(({ payload }) => payload.text === 'still there?'), 30_000);
    expect(link.ignored.unreadable).toBeGreaterThan(0);
  });

  it('lets no error that discord.js emits leave it', async () => {
    const logins = vi.spyOn(Client.prototype, 'login');
    const { events, warnings } = await started();
    const [client] = logins.mock.contexts as Client[];
    logins.mockRestore();
    const inner = (client?.ws as unknown as { _ws: Client })._ws;
    for (const emitter of [client, client?.ws, client?.rest, inner])
      (emitter as Client).emit('error', new Error('from inside'));
    client?.ws.shards.first()?.emit('error', new Error('from inside'));
    fake.say('still there?');
    await until('it is in', () => events.length === 1);
    expect(JSON.stringify(warnings)).toContain('discord.js (error)');
  });

  it('is ready only with the answer to a heartbeat, whose age is shown', async () => {
    fake.gateway.options.acks = false;
    const rig = start();
    await until('a heartbeat', () => fake.gateway.heartbeats > 0);
    fake.say('heard all the same');
    await until('it is in', () => rig.events.length === 1);
    expect([rig.link.facts().state, rig.link.facts().lastAckAt]).toEqual(['catching-up', null]);
    fake.gateway.options.acks = true;
    fake.gateway.raw('{"op":11}');
    await becomes(rig, 'ready');
    expect(Date.now() - (rig.link.facts().lastAckAt ?? 0)).toBeLessThan(10_000);
  });

  it('whose heartbeats are not answered any more is renewed by discord.js, and nothing is lost', async () => {
    fake.gateway.options.heartbeatMs = 300;
    const { events } = await started();
    fake.gateway.options.acks = false;
    await until('it resumes', () => fake.gateway.resumes > 0, 10_000);
    fake.gateway.options.acks = true;
    fake.say('after the zombie');
    await until('it is in', () => events.length === 1);
    expect(fake.gateway.identifies).toBe(1);
  });

  it('that is cut resumes and takes up what came meanwhile, each once', async () => {
    const { events, link } = await started();
    fake.say('a');
    fake.gateway.cut();
    fake.say('b');
    await until('it is noticed', () => link.facts().state === 'connecting');
    fake.say('c');
    await until('all are in', () => events.length === 3);
    expect(events.map(({ payload }) => payload.text)).toEqual(['a', 'b', 'c']);
    expect([fake.gateway.identifies, fake.gateway.resumes]).toEqual([1, 1]);
  });

  it('whose session is lost catches up by itself, in order and before what comes live', async () => {
    const { events } = await started();
    fake.gateway.options.resume = 'refuse';
    fake.gateway.cut();
    for (const text of ['a', 'b']) fake.say(text, { isDispatched: false });
    await until('a new session', () => fake.gateway.identifies === 2, 20_000);
    fake.say('c');
    await until('all are in', () => events.length === 3);
    expect(events.map(({ payload }) => payload.text)).toEqual(['a', 'b', 'c']);
  });

  it('catches up after a restart, not at the first start, and takes a backlog as one turn', async () => {
    fake.say('before everything', { isDispatched: false });
    const first = await started();
    expect(first.events).toEqual([]);
    first.stop();
    const [hour, day] = [3_600_000, 86_400_000];
    await store.query({
      text: `UPDATE discord_channels SET cursor = $1`,
      values: [idAt(Date.now() - 3 * day)],
    });
    fake.messages = [];
    for (const [ageMs, text] of [
      [2 * day, 'too old'],
      [5 * hour, 'water the plants'],
      [4 * hour, '/remember the hose is blue'],
      [3 * hour, 'no, not the cactus'],
      [2_000, 'hello?'],
    ] as const)
      fake.say(text, { at: Date.now() - ageMs, isDispatched: false });
    const { events, link } = await started();
    expect(events.map(({ payload }) => payload.text.replaceAll(/\[.*\]/g, '[when]'))).toEqual([
      '/remember the hose is blue',
      '(2 messages that came while ninjad was away, oldest first)\n\n[when]\nwater the plants\n\n[when]\nno, not the cactus',
      'hello?',
    ]);
    expect(link.facts().cursor).toBe(fake.messages.at(-1)?.id);
    const { rows } = await store.query<{ text: string }>({ text: 'SELECT text FROM owner_notices' });
    expect(rows.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^1 message on Discord came .*"too old"/),
    ]);
  });

  it('is held by one daemon; the other one says by whom, and takes it over when it is let go', async () => {
    const first = await started();
    const second = start({ worker: '00000000-0000-4000-8000-000000000002' });
    await becomes(second, 'parked');
    expect(second.link.facts().reason).toMatch(/^the bot is held by the ninjad on .+ since \d{4}-/);
    expect(fake.gateway.identifies).toBe(1);
    first.stop();
    const free = async () =>
      (await store.query({ text: 'SELECT FROM discord_bots WHERE holder IS NULL' })).rowCount === 1;
    await until('the first one has let go', free);
    const third = start({ worker: '00000000-0000-4000-8000-000000000003' });
    await becomes(third, 'ready');
  });

  it('with a token that was revoked is told by file and notice, and it is over when it works again', async () => {
    fake.gateway.tokens.delete(fake.token);
    const home = tempDir();
    const rig = start({ home });
    await becomes(rig, 'unauthorised');
    await until('the alert', () => readAlerts(join(home, 'alert')).length === 1);
    expect(readAlerts(join(home, 'alert'))[0]?.text).toMatch(/^Discord is unauthorised since .*\(401\)/);
    const unseen = async () =>
      (await store.query({ text: `SELECT FROM owner_notices WHERE origin = 'discord' AND seen_at IS NULL` }))
        .rowCount;
    await until('the notice', async () => (await unseen()) === 1);
    rig.stop();
    fake.gateway.tokens.add(fake.token);
    await started({ home });
    await until('the alert is over', () => readAlerts(join(home, 'alert')).length === 0);
    await until('the notice is settled', async () => (await unseen()) === 0);
  });
});
