import {
  closeSync,
  openSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import type { Reflex } from '../../../src/lib/reflexes/reflex.ts';
import { compileRules } from '../../../src/reflexes.ts';
import { routeMail } from '../../../src/events/router/routed-event.ts';
import { keepAnswers } from '../../../src/outbox/keep-replies.ts';
import type { RuleInput } from '../../../src/events/router/rule.ts';
import { epochBytes } from '../../../src/events/rows/register-journal.ts';
import { formatLine } from '../../../src/lib/wire/format-line.ts';
import { readPayload } from '../../../src/lib/wire/parse-line.ts';
import { maxSpoolBytes, writeSpool } from '../../../src/lib/wire/spool.ts';
import { type RecordingDesk, recordingDesk } from '../../helpers/recording-desk.ts';
import { useDatabase } from '../../helpers/use-database.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const database = useDatabase(
  'events',
  'tasks',
  'memory_embeddings',
  'memory_inbox',
  'memory_bundles',
  'journals',
  'deliveries',
  'activity_log',
);

const now = Date.UTC(2026, 10, 22, 12);
const nothing = { done: 0, dropped: 0, failed: 0, dead: 0, tasks: 0 };
const rows = async (text: string): Promise<unknown[]> => (await database.store.query({ text })).rows;
const statuses = async (): Promise<unknown[]> =>
  (await rows('SELECT status FROM events ORDER BY id')).map((row) => (row as { status: string }).status);
const json = (header: string, payload: Record<string, unknown>): string =>
  `${header}|${JSON.stringify(payload)}`;

const desk = (reflexes: Record<string, Reflex> = {}, dir?: string): RecordingDesk =>
  recordingDesk({ store: database.store, now, reflexes, ...(dir !== undefined && { dir }) });

describe('recordRouted', () => {
  it('records what an event says, how it was routed and how it ended', async () => {
    const { rig, route, record } = desk();
    const events = route([
      json('HIGH|cron:disk|2026-11-22T10:00:00Z|metric', {
        text: 'full',
        conversation: 'c1',
        dedupKey: 'd1',
        extra: 1,
      }),
      'LOW|cron:disk||metric|fine',
    ]);
    expect(await record(events)).toEqual({ ...nothing, done: 2 });
    expect(await rows('SELECT * FROM events ORDER BY id')).toEqual([
      {
        id: epochBytes,
        priority: 2,
        source: 'cron:disk',
        category: 'metric',
        payload: '{"text":"full","conversation":"c1","dedupKey":"d1","extra":1}',
        occurred_at: new Date('2026-11-22T10:00:00Z'),
        received_at: new Date(now),
        route: 'reflex:record',
        rule: 'otherwise',
        status: 'done',
        reason: null,
        reply: null,
        conversation: 'cron:disk/c1',
        dedup_key: 'cron:disk/d1',
      },
      expect.objectContaining({
        id: epochBytes + (events[1]?.position ?? 0),
        occurred_at: new Date(now),
        payload: 'fine',
      }),
    ]);
    expect(rig.journal.pendingLines()).toBe(0);
  });

  it('writes a batch that needs nothing else with a single statement', async () => {
    const { route, record, statements, facts } = desk();
    await record(route(['LOW|a||metric|0']));
    statements.length = 0;
    await record(route(Array.from({ length: 1_000 }, (_, index) => `LOW|a||metric|${index}`)));
    expect(statements).toEqual(['record-plain-events']);
    expect(await rows('SELECT count(*)::int AS count FROM events')).toEqual([{ count: 1_001 }]);
    expect(facts).toEqual([]);
  });

  it('keeps every text as it is, whatever characters it has', async () => {
    const { route, record } = desk();
    const texts = [
      '',
      'NULL',
      'null',
      '{}',
      '{a,b}',
      '"',
      '""',
      '\\',
      '\\"',
      ',',
      ' padded ',
      'tab\t',
      "'",
      '$1',
      '忍者 🥷',
      'two\nlines',
    ];
    const lines = texts.map((text) =>
      formatLine({ priority: 'LOW', source: 'a', category: 'metric', payload: text }).slice(0, -1),
    );
    await record(route(lines));
    // The same beside an event that makes the batch take the other way.
    await record(route([json('LOW|a||metric', { text: 'x', dedupKey: 'd' }), ...lines]));
    const kept = (await rows('SELECT payload FROM events WHERE dedup_key IS NULL ORDER BY id')).map(
      (row) => readPayload((row as { payload: string }).payload).text,
    );
    expect(kept).toEqual([...texts, ...texts]);
  });

  it('queues a task and keeps a note in the statement that records their events', async () => {
    const { route, record, statements } = desk();
    const events = route([
      json('HUMAN|cli||ask', { text: 'how full is nas?', conversation: 'c1', replyTo: 'r1' }),
      'LOW|shell||note|nas is full',
      'LOW|a||metric|1',
    ]);
    expect(await record(events)).toEqual({ ...nothing, done: 2, tasks: 1 });
    expect(statements).toEqual(['journal-spans', 'register-journal', 'record-events-and-effects']);
    expect(await rows('SELECT * FROM tasks')).toMatchObject([
      {
        event_id: epochBytes,
        state: 'queued',
        priority: 0,
        source: 'cli',
        category: 'ask',
        conversation: 'c1',
        prompt: 'how full is nas?',
        reply_to: 'r1',
        attempts: 0,
        run_after: new Date(now),
        queued_at: new Date(now),
      },
    ]);
    expect(
      await rows('SELECT kind, content, source, trust, event_id, created_at FROM memory_embeddings'),
    ).toEqual([
      {
        kind: 'note',
        content: 'nas is full',
        source: 'shell',
        trust: 'local',
        event_id: epochBytes + (events[1]?.position ?? 0),
        created_at: new Date(now),
      },
    ]);
    expect(await statuses()).toEqual(['task', 'done', 'done']);
  });

  it('records a dropped event as dropped, and says of a superseded one why', async () => {
    const { rig, route, record } = desk();
    const dropped = route(['LOW|a||noise|x'], [{ name: 'quiet', category: 'noise', route: 'drop' }]);
    const items = rig.accept(['LOW|a||heartbeat|1']).map((item) => ({ ...item, superseded: true }));
    const superseded = routeMail(rig.journal, items, compileRules(), 0);
    expect(await record([...dropped, ...superseded])).toEqual({ ...nothing, dropped: 2 });
    expect(await rows('SELECT rule, status, reason FROM events ORDER BY id')).toEqual([
      { rule: 'quiet', status: 'dropped', reason: null },
      {
        rule: 'coalesced',
        status: 'dropped',
        reason: 'a later event of this source and category took its place',
      },
    ]);
  });

  it('keeps the answers of reflexes that are to be sent somewhere, once, with their events', async () => {
    const reflexes: Record<string, Reflex> = {
      status: () => ({ reply: 'all is well' }),
      broken: () => {
        throw new Error('it broke');
      },
    };
    const { route, record } = desk(reflexes);
    const broken = [{ name: 'broken', category: 'broken', route: 'reflex:broken' as const }];
    const events = route(
      [
        json('HUMAN|cli||ask', { text: '/status', replyTo: 'test:owner' }),
        json('HUMAN|cli||ask', { text: '/status', replyTo: 'r1' }),
        json('LOW|email||ask', { text: '/status', replyTo: 'test:stranger' }),
        json('HUMAN|cli||broken', { text: 'x', replyTo: 'test:owner' }),
        json('LOW|cli||metric', { text: '1', replyTo: 'test:owner' }),
      ],
      broken,
    );
    await record(events, { keepAnswers });
    await record(events, { keepAnswers });
    const id = (index: number) => epochBytes + (events[index]?.position ?? 0);
    expect(await rows('SELECT channel, address, event_id, body FROM deliveries ORDER BY id')).toEqual([
      { channel: 'test', address: 'owner', event_id: id(0), body: { text: 'all is well', state: 'done' } },
      {
        channel: 'test',
        address: 'owner',
        event_id: id(3),
        body: { text: 'That failed: it broke', state: 'failed' },
      },
    ]);
  });

  it('tells observers what became of the events that somebody may wait for, once they are recorded', async () => {
    const { route, record, facts } = desk({ status: () => ({ reply: 'all is well' }) });
    await record(
      route([
        json('HUMAN|cli||ask', { text: '/status', dedupKey: 'd1' }),
        json('LOW|a||metric', { text: '1', dedupKey: 'd2' }),
        'HUMAN|cli||ask|/status',
        'LOW|a||metric|2',
      ]),
    );
    const ids = (await rows('SELECT id FROM events ORDER BY id')).map((row) => (row as { id: number }).id);
    const status = { route: 'reflex:status', rule: 'command-status', status: 'done', reply: 'all is well' };
    expect(facts).toEqual([
      { eventId: ids[0], ...status, dedupKey: 'd1' },
      { eventId: ids[1], route: 'reflex:record', rule: 'otherwise', status: 'done', dedupKey: 'a/d2' },
      { eventId: ids[2], ...status },
    ]);
    expect(await rows('SELECT reply FROM events ORDER BY id LIMIT 1')).toEqual([{ reply: 'all is well' }]);
  });
});

describe('recordRouted after a crash', () => {
  it('records once what was recorded before, with its task and its note', async () => {
    let asked = 0;
    const counting: Reflex = () => {
      asked += 1;
      return { reply: 'yes' };
    };
    const lines = [
      'HUMAN|cli||ask|hello',
      'LOW|shell||note|kept',
      'HUMAN|cli||ask|/status',
      'LOW|a||metric|last',
    ];
    const first = desk({ status: counting });
    const events = first.route(lines);
    await first.record(events.slice(0, 3));
    first.rig.close();

    const second = desk({ status: counting }, first.rig.dir);
    const again = second.route(['LOW|a||metric|new']);
    expect(again).toHaveLength(5);
    const replayEnd = again[4]?.position ?? 0;
    expect(second.rig.journal.pendingLines()).toBe(5);
    expect(await second.record(again, { replayEnd })).toEqual({ ...nothing, done: 2 });
    expect(second.rig.journal.pendingLines()).toBe(0);
    expect(asked).toBe(1);
    expect(second.facts).toEqual([]);
    expect(await statuses()).toEqual(['task', 'done', 'done', 'done', 'done']);
    expect(await rows('SELECT count(*)::int AS tasks FROM tasks')).toEqual([{ tasks: 1 }]);
    expect(await rows('SELECT count(*)::int AS notes FROM memory_embeddings')).toEqual([{ notes: 1 }]);
  });

  it('records a batch that needs nothing once, also where the answer to its commit was lost', async () => {
    const { rig, route, record, outage } = desk();
    const events = route(['LOW|a||metric|1', 'LOW|a||metric|2', 'LOW|a||metric|3']);
    outage.when = ({ name }, sent) => sent && name === 'record-plain-events';
    await expect(record(events.slice(0, 2))).rejects.toThrow(StoreAwayError);
    outage.when = () => false;
    expect(await record(events)).toEqual({ ...nothing, done: 3 });
    expect(await rows('SELECT payload FROM events ORDER BY id')).toEqual([
      { payload: '1' },
      { payload: '2' },
      { payload: '3' },
    ]);
    expect(rig.journal.pendingLines()).toBe(0);
  });

  it('lets go of the journal also where everything was recorded before', async () => {
    const { rig, route, record, statements } = desk();
    const events = route(['LOW|a||metric|1', 'LOW|a||metric|2']);
    await record(events);
    for (const { position } of events) rig.journal.addPending(position, 1);
    statements.length = 0;
    expect(await record(events, { replayEnd: rig.journal.endPosition() })).toEqual(nothing);
    expect(statements).toEqual(['find-recorded']);
    expect(rig.journal.pendingLines()).toBe(0);
  });

  it('does no harm where a commit went through but its answer was lost', async () => {
    const { rig, route, record, outage, facts } = desk();
    const events = route([
      json('HUMAN|cli||ask', { text: 'hello', dedupKey: 'd1' }),
      json('LOW|shell||note', { text: 'kept', dedupKey: 'd2' }),
      json('LOW|shell||note', { text: 'repeated', dedupKey: 'd2' }),
    ]);
    outage.when = ({ name }, sent) => sent && name === 'record-events-and-effects';
    await expect(record(events)).rejects.toThrow(StoreAwayError);
    expect(rig.journal.pendingLines()).toBe(3);
    expect(facts).toEqual([]);
    expect(await statuses()).toEqual(['task', 'done', 'dropped']);

    outage.when = () => false;
    expect(await record(events)).toEqual({ ...nothing, done: 1, dropped: 1, tasks: 1 });
    expect(await statuses()).toEqual(['task', 'done', 'dropped']);
    expect(await rows('SELECT count(*)::int AS tasks FROM tasks')).toEqual([{ tasks: 1 }]);
    expect(await rows('SELECT content FROM memory_embeddings')).toEqual([{ content: 'kept' }]);
    expect(facts.map(({ dedupKey, status }) => [dedupKey, status])).toEqual([
      ['d1', 'task'],
      ['d2', 'done'],
    ]);
    expect(rig.journal.pendingLines()).toBe(0);
  });
});

it('makes a line that the disk has damaged a dead letter, and leaves its neighbours unharmed', async () => {
  const { rig, record } = desk();
  const items = rig.accept(['LOW|a||metric|one', 'LOW|a||metric|two', 'LOW|a||metric|three'], now);
  const damaged = items[1]?.position ?? 0;
  const segment = join(rig.dir, 'journal', '0000000000000000.log');
  const file = openSync(segment, 'r+');
  writeSync(file, Buffer.alloc(8), 0, 8, damaged);
  closeSync(file);
  const routed = routeMail(rig.journal, items, compileRules(), 0);
  expect(await record(routed)).toEqual({ ...nothing, done: 2, dead: 1 });
  expect(await rows('SELECT source, payload, status, reason FROM events ORDER BY id')).toEqual([
    { source: 'a', payload: 'one', status: 'done', reason: null },
    {
      source: 'journal',
      payload: '',
      status: 'dead',
      reason: `the journal is damaged at ${damaged}: expected five fields, priority|source|timestamp|category|payload`,
    },
    { source: 'a', payload: 'three', status: 'done', reason: null },
  ]);
  expect(rig.journal.pendingLines()).toBe(0);
});

describe('recordRouted with deduplication keys', () => {
  const note = (text: string, dedupKey: string): string => json('LOW|shell||note', { text, dedupKey });

  it('drops an event whose key another daemon has recorded between the look and the write', async () => {
    const rival = `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status, dedup_key)
      VALUES (42, 4, 'shell', 'note', 'theirs', now(), now(), 'reflex:note', 'x', 'done', 'k')`;
    const { route, record } = desk({
      note: async ({ event }) => {
        if (event.dedupKey === 'k') await database.store.query({ text: rival });
        return {};
      },
    });
    const recorded = await record(route([note('ours', 'k'), note('other', 'l')]));
    expect(recorded).toEqual({ ...nothing, done: 1, dropped: 1 });
    expect(await rows(`SELECT status, reason FROM events WHERE id <> 42 ORDER BY id`)).toEqual([
      { status: 'dropped', reason: 'an event with this dedupKey came before' },
      { status: 'done', reason: null },
    ]);
  });

  it('takes the first of a batch and drops its repetitions with their reason', async () => {
    const { route, record } = desk();
    const events = route([note('first', 'k'), note('other', 'l'), note('second', 'k'), note('third', 'k')]);
    expect(await record(events)).toEqual({ ...nothing, done: 2, dropped: 2 });
    expect(
      await rows(
        'SELECT payload::json->>$$text$$ AS text, status, reason, dedup_key FROM events ORDER BY id',
      ),
    ).toEqual([
      { text: 'first', status: 'done', reason: null, dedup_key: 'k' },
      { text: 'other', status: 'done', reason: null, dedup_key: 'l' },
      {
        text: 'second',
        status: 'dropped',
        reason: 'an event with this dedupKey came before',
        dedup_key: null,
      },
      {
        text: 'third',
        status: 'dropped',
        reason: 'an event with this dedupKey came before',
        dedup_key: null,
      },
    ]);
    expect(await rows('SELECT content FROM memory_embeddings ORDER BY id')).toEqual([
      { content: 'first' },
      { content: 'other' },
    ]);
  });

  it('drops repetitions of earlier batches, tasks and dropped events among them', async () => {
    const { route, record } = desk();
    const rules: RuleInput[] = [{ name: 'quiet', category: 'noise', route: 'drop' }];
    await record(
      route(
        [json('HUMAN|cli||ask', { text: 'a', dedupKey: 'k' }), json('LOW|cli||noise', { dedupKey: 'n' })],
        rules,
      ),
    );
    const again = route([
      json('HUMAN|cli||ask', { text: 'b', dedupKey: 'k' }),
      json('HUMAN|cli||ask', { text: 'c', dedupKey: 'n' }),
    ]);
    expect(await record(again)).toEqual({ ...nothing, dropped: 2 });
    expect(await rows('SELECT prompt FROM tasks')).toEqual([{ prompt: 'a' }]);
  });

  it('looks at the key of a spooled payload too', async () => {
    const { route, record, spoolDir } = desk();
    await record(route([note('first', 'k')]));
    const name = await writeSpool(spoolDir, JSON.stringify({ text: 'second', dedupKey: 'k' }));
    expect(await record(route([`LOW|shell||note|@spool:${name}`]))).toEqual({ ...nothing, dropped: 1 });
    expect(readdirSync(spoolDir)).toEqual([]);
  });
});

describe('recordRouted with spooled payloads', () => {
  it('takes the payload from the file, with its reserved keys, and then removes the file', async () => {
    const { route, record, spoolDir } = desk();
    const text = 'long '.repeat(200_000);
    const plain = await writeSpool(spoolDir, 'line one\\nline two');
    const object = await writeSpool(spoolDir, JSON.stringify({ text, conversation: 'c1', dedupKey: 'd1' }));
    const events = route([`LOW|shell||note|@spool:${plain}`, `HUMAN|cli||ask|@spool:${object}`]);
    expect(await record(events)).toEqual({ ...nothing, done: 1, tasks: 1 });
    expect(await rows('SELECT content FROM memory_embeddings')).toEqual([{ content: 'line one\nline two' }]);
    expect(
      await rows('SELECT prompt = $$$$ AS empty, length(prompt) AS length, conversation FROM tasks'),
    ).toEqual([{ empty: false, length: text.length, conversation: 'c1' }]);
    expect(await rows('SELECT dedup_key FROM events ORDER BY id')).toEqual([
      { dedup_key: null },
      { dedup_key: 'd1' },
    ]);
    expect(readdirSync(spoolDir)).toEqual([]);
  });

  it('keeps a stranger out of the conversations of the owner', async () => {
    const { route, record } = desk();
    const payload = JSON.stringify({ text: 'hello', conversation: 'main' });
    await record(route([`HUMAN|cli||chat|${payload}`, `URGENT|email||chat|${payload}`]));
    expect(await rows('SELECT conversation FROM tasks ORDER BY id')).toEqual([
      { conversation: 'main' },
      { conversation: 'email/main' },
    ]);
  });

  it('asks the rules again when the text of a spooled event is there', async () => {
    const { route, record, spoolDir } = desk({
      remember: ({ event }) => ({ reply: `kept ${event.text.length}` }),
    });
    const long = await writeSpool(spoolDir, `/remember ${'x'.repeat(5_000)}`);
    const events = route([`HUMAN|cli||chat|@spool:${long}`]);
    expect(events.map(({ rule }) => rule)).toEqual(['human']);
    expect(await record(events)).toEqual({ ...nothing, done: 1 });
    expect(await rows('SELECT rule, status, reply FROM events')).toEqual([
      { rule: 'command-remember', status: 'done', reply: 'kept 5010' },
    ]);
  });

  it('dead-letters an event whose file is missing, too large, no plain file, or outside the folder', async () => {
    const { route, record, spoolDir } = desk();
    const outside = join(tempDir(), 'secret');
    writeFileSync(outside, 'the secret');
    symlinkSync(outside, join(spoolDir, 'leads-outside'));
    symlinkSync('.', join(spoolDir, 'folder'));
    writeFileSync(join(spoolDir, 'large'), '');
    truncateSync(join(spoolDir, 'large'), maxSpoolBytes + 1);
    const names = ['absent', 'large', 'folder', 'leads-outside'];
    const events = route([
      ...names.map((name) => `LOW|shell||note|@spool:${name}`),
      'LOW|shell||note|unharmed',
    ]);
    expect(await record(events)).toEqual({ ...nothing, done: 1, dead: 4 });
    expect(await rows('SELECT status, reason FROM events ORDER BY id')).toEqual([
      { status: 'dead', reason: 'the spool has no file absent' },
      {
        status: 'dead',
        reason: `the spooled payload has ${maxSpoolBytes + 1} bytes, at most ${maxSpoolBytes} are taken`,
      },
      { status: 'dead', reason: 'the spool entry folder is not a plain file' },
      { status: 'dead', reason: 'the spool entry leads-outside is not a plain file' },
      { status: 'done', reason: null },
    ]);
    expect(await rows('SELECT content FROM memory_embeddings')).toEqual([{ content: 'unharmed' }]);
  });

  it('keeps the file until the event is recorded', async () => {
    const { route, record, spoolDir, outage } = desk();
    const name = await writeSpool(spoolDir, 'precious');
    const events = route([`LOW|shell||note|@spool:${name}`]);
    outage.when = () => true;
    await expect(record(events)).rejects.toThrow(StoreAwayError);
    expect(readdirSync(spoolDir)).toEqual([name]);
    outage.when = () => false;
    await record(events);
    expect(readdirSync(spoolDir)).toEqual([]);
    expect(await rows('SELECT content FROM memory_embeddings')).toEqual([{ content: 'precious' }]);
  });
});

describe('recordRouted with reflexes', () => {
  it('ends an event as failed whose reflex throws, with what it said, and its neighbours as they would', async () => {
    const { route, record, facts } = desk({
      status: () => {
        throw new Error('no idea');
      },
      cost: () => Promise.reject(new Error('not a number')),
    });
    const events = route(['HUMAN|cli||ask|/status', 'HUMAN|cli||ask|/cost', 'LOW|shell||note|fine']);
    expect(await record(events)).toEqual({ ...nothing, done: 1, failed: 2 });
    expect(await rows('SELECT status, reason FROM events ORDER BY id')).toEqual([
      { status: 'failed', reason: 'no idea' },
      { status: 'failed', reason: 'not a number' },
      { status: 'done', reason: null },
    ]);
    expect(facts).toEqual([]);
  });

  it('ends an event as failed whose rule names a reflex that there is not', async () => {
    const { route, record } = desk();
    const events = route(['LOW|a||x|1'], [{ name: 'typo', category: 'x', route: 'reflex:nte' }]);
    expect(await record(events)).toEqual({ ...nothing, failed: 1 });
    expect(await rows('SELECT reason FROM events')).toEqual([
      { reason: 'there is no reflex "nte"; there are note, record' },
    ]);
  });

  it('gives a reflex the spooled payload to answer', async () => {
    const seen: string[] = [];
    const { route, record, spoolDir } = desk({
      note: ({ event }) => {
        seen.push(event.text);
        return {};
      },
    });
    await record(route([`LOW|shell||note|@spool:${await writeSpool(spoolDir, 'from the file')}`]));
    expect(seen).toEqual(['from the file']);
  });
});

describe('recordRouted without a store', () => {
  const lines = [
    json('HUMAN|cli||ask', { text: '/status', dedupKey: 'd1' }),
    'HUMAN|cli||ask|hello',
    'LOW|shell||note|kept',
    'LOW|a||metric|1',
  ];

  it.each(['register-journal', 'find-recorded', 'find-dedup-keys', 'record-events-and-effects'])(
    'passes the outage on at %s with nothing released, and can be tried again',
    async (name) => {
      const { rig, route, record, outage, facts } = desk({ status: () => ({ reply: 'well' }) });
      const events = route(lines);
      const replayEnd = name === 'find-recorded' ? rig.journal.endPosition() : 0;
      outage.when = (statement, sent) => !sent && statement.name === name;
      await expect(record(events, { replayEnd })).rejects.toThrow(new StoreAwayError('the line is cut'));
      expect(rig.journal.pendingLines()).toBe(4);
      expect(facts).toEqual([]);
      expect(await statuses()).toEqual([]);
      outage.when = () => false;
      expect(await record(events, { replayEnd })).toEqual({ ...nothing, done: 3, tasks: 1 });
      expect(rig.journal.pendingLines()).toBe(0);
      expect(facts).toHaveLength(1);
    },
  );

  it('passes on an outage that a reflex met', async () => {
    const { rig, route, record } = desk({ status: () => Promise.reject(new StoreAwayError('away')) });
    await expect(record(route(lines))).rejects.toThrow(new StoreAwayError('away'));
    expect(rig.journal.pendingLines()).toBe(4);
    expect(await statuses()).toEqual([]);
  });
});

describe('recordRouted where Postgres refuses a row', () => {
  const refused = 'refused';
  beforeAll(async () => {
    await rows(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE 'the index takes no such row' USING ERRCODE = '54000'; END $$`);
    await rows(`CREATE TRIGGER refuse BEFORE INSERT ON events FOR EACH ROW
      WHEN (NEW.dedup_key = '${refused}') EXECUTE FUNCTION refuse()`);
  });
  afterAll(() => rows('DROP FUNCTION refuse CASCADE'));

  it('dead-letters that row alone and records the others of its batch', async () => {
    const { rig, route, record, facts } = desk();
    const events = route(
      Array.from({ length: 21 }, (_, index) =>
        index === 13
          ? json('HUMAN|cli||ask', {
              text: 'grün',
              dedupKey: refused,
              conversation: 'c',
              extra: 'x'.repeat(20_000),
            })
          : json('HUMAN|cli||ask', { text: String(index), dedupKey: `d${index}` }),
      ),
    );
    expect(await record(events)).toEqual({ ...nothing, tasks: 20, dead: 1 });
    expect(rig.journal.pendingLines()).toBe(0);
    expect(await rows('SELECT prompt FROM tasks ORDER BY event_id')).toEqual(
      Array.from({ length: 21 }, (_, index) => ({ prompt: String(index) })).filter(
        (_, index) => index !== 13,
      ),
    );
    const [dead] = await rows(`SELECT * FROM events WHERE status = 'dead'`);
    expect(dead).toMatchObject({
      reply: null,
      conversation: null,
      dedup_key: null,
      reason: expect.stringMatching(/^the store refused it: .*index/) as unknown,
      payload: expect.stringMatching(/^\{"text":"gr\uFFFDn"/) as unknown,
    });
    expect((dead as { payload: string }).payload).toHaveLength(10_000);
    expect(facts).toHaveLength(20);
  });

  it('keeps neither event nor effect halfway: a note that is refused takes its event with it', async () => {
    const { route, record } = desk({
      note: ({ event }) => ({
        note: {
          content: event.text,
          kind: event.text === 'bad' ? ('sonnet' as 'note') : 'note',
          trust: 'local',
        },
      }),
    });
    expect(await record(route(['LOW|a||note|good', 'LOW|a||note|bad', 'LOW|a||note|fine']))).toEqual({
      ...nothing,
      done: 2,
      dead: 1,
    });
    expect(await statuses()).toEqual(['done', 'dead', 'done']);
    expect(await rows('SELECT content FROM memory_embeddings ORDER BY id')).toEqual([
      { content: 'good' },
      { content: 'fine' },
    ]);
  });

  it('does nothing twice where the store goes away while the batch is taken apart', async () => {
    const { rig, route, record, outage } = desk();
    const lines = Array.from({ length: 8 }, (_, index) =>
      json('HUMAN|cli||ask', { text: String(index), dedupKey: index === 6 ? refused : `d${index}` }),
    );
    const events = route(lines);
    let writes = 0;
    outage.when = ({ name }, sent) => !sent && name === 'record-events-and-effects' && ++writes === 4;
    await expect(record(events)).rejects.toThrow(StoreAwayError);
    expect(await statuses()).toEqual(['task', 'task', 'task', 'task']);
    expect(rig.journal.pendingLines()).toBe(8);
    outage.when = () => false;
    expect(await record(events)).toEqual({ ...nothing, tasks: 7, dead: 1 });
    expect(await statuses()).toEqual(['task', 'task', 'task', 'task', 'task', 'task', 'dead', 'task']);
    expect(await rows('SELECT count(*)::int AS tasks FROM tasks')).toEqual([{ tasks: 7 }]);
  });
});
