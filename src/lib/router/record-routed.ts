import type { Bus } from '../bus.ts';
import { messageOf, StoreAwayError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import {
  type EventRecord,
  findDedupKeys,
  findRecorded,
  recordEvents,
} from '../store/events/record-events.ts';
import type { EventIds } from '../store/events/register-journal.ts';
import type { Store } from '../store/store.ts';
import { type PayloadParts, readPayload } from '../wire/parse-line.ts';
import { readSpool, removeSpool } from '../wire/spool.ts';
import type { Reflexes } from './reflex.ts';
import { coalescedRule, type RoutedEvent } from './routed-event.ts';

export interface RecordDeps {
  store: Store;
  journal: Journal;
  ids: EventIds;
  reflexes: Reflexes;
  bus: Bus;
  spoolDir: string;
  /** Lines before this position came before the last start and may be recorded already. */
  replayEnd: number;
  now?: () => number;
}

/** How a batch ended, for the counters. */
export interface RecordedBatch {
  done: number;
  dropped: number;
  failed: number;
  dead: number;
  /** Tasks that now wait in the store. */
  tasks: number;
}

/**
 * Records routed events once each: leaves out what was recorded before a crash, refuses repeated deduplication keys, runs
 * reflexes, writes all in one statement, and only then lets go of the journal's lines and tells observers.
 * A row that Postgres refuses is dead-lettered by itself and takes nobody with it.
 * Rejects with `StoreAwayError` where the store cannot be reached; the same events can then be tried again.
 */
export async function recordRouted(events: readonly RoutedEvent[], deps: RecordDeps): Promise<RecordedBatch> {
  const now = deps.now ?? Date.now;
  await deps.ids.prepare(events.map(({ position }) => position));
  const fresh = await withoutRecorded(events, deps);
  const payloads = await readSpooled(fresh, deps.spoolDir);
  const repeated = await repeatedKeys(fresh, payloads, deps);

  const records: EventRecord[] = [];
  for (const routed of fresh) {
    records.push(
      needsNothing(routed)
        ? plainRecord(routed, deps.ids)
        : await handle(routed, payloads.get(routed), repeated.has(routed), deps),
    );
  }
  const recorded = await writeRecords(records, deps.store, now);

  await removeSpooled(events, deps.spoolDir);
  release(events, deps.journal);
  announce(recorded, deps.bus);
  return tally(recorded);
}

/** Events of the hot path: nothing to look up, nobody who waits for an answer. */
function needsNothing({ event, route }: RoutedEvent): boolean {
  return (
    (route === 'reflex:record' || route === 'drop') &&
    event.dedupKey === undefined &&
    event.spool === undefined
  );
}

function plainRecord(routed: RoutedEvent, ids: EventIds, parts: PayloadParts = routed.event): EventRecord {
  const { event } = routed;
  return {
    id: ids.idOf(routed.position),
    priority: event.priority,
    source: event.source,
    category: event.category,
    payload: parts.payload,
    occurredAt: event.occurredAt ?? routed.receivedAt,
    receivedAt: routed.receivedAt,
    route: routed.route,
    rule: routed.rule,
    status: routed.route === 'drop' ? 'dropped' : 'done',
    ...(routed.rule === coalescedRule
      ? { reason: 'a later event of this source and category took its place' }
      : {}),
    conversation: parts.conversation,
    dedupKey: parts.dedupKey,
  };
}

async function handle(
  routed: RoutedEvent,
  spooled: PayloadParts | Error | undefined,
  isRepeated: boolean,
  deps: RecordDeps,
): Promise<EventRecord> {
  if (spooled instanceof Error)
    return { ...plainRecord(routed, deps.ids), status: 'dead', reason: spooled.message };
  const parts = spooled ?? routed.event;
  const record = plainRecord(routed, deps.ids, parts);
  if (isRepeated) {
    return {
      ...record,
      dedupKey: undefined,
      status: 'dropped',
      reason: 'an event with this dedupKey came before',
    };
  }
  if (routed.route === 'task') {
    return { ...record, status: 'task', task: { prompt: parts.text, replyTo: parts.replyTo } };
  }
  if (routed.route === 'drop') return record;
  return await answerByReflex({ ...routed, event: { ...routed.event, ...parts } }, record, deps);
}

async function answerByReflex(
  routed: RoutedEvent,
  record: EventRecord,
  deps: RecordDeps,
): Promise<EventRecord> {
  const name = routed.route.slice('reflex:'.length);
  const reflex = deps.reflexes[name];
  if (reflex === undefined) {
    const known = Object.keys(deps.reflexes).sort().join(', ');
    return {
      ...record,
      status: 'failed',
      reason: `there is no reflex ${JSON.stringify(name)}; there are ${known}`,
    };
  }
  try {
    const answer = await reflex(routed);
    return { ...record, reply: answer.reply, note: answer.note };
  } catch (thrown) {
    if (thrown instanceof StoreAwayError) throw thrown;
    return { ...record, status: 'failed', reason: messageOf(thrown) };
  }
}

async function withoutRecorded(
  events: readonly RoutedEvent[],
  deps: RecordDeps,
): Promise<readonly RoutedEvent[]> {
  const replayed = events.filter(({ position }) => position < deps.replayEnd);
  if (replayed.length === 0) return events;
  const recorded = await findRecorded(
    deps.store,
    replayed.map(({ position }) => deps.ids.idOf(position)),
  );
  if (recorded.size === 0) return events;
  return events.filter(
    ({ position }) => position >= deps.replayEnd || !recorded.has(deps.ids.idOf(position)),
  );
}

async function readSpooled(
  events: readonly RoutedEvent[],
  spoolDir: string,
): Promise<Map<RoutedEvent, PayloadParts | Error>> {
  const payloads = new Map<RoutedEvent, PayloadParts | Error>();
  for (const routed of events) {
    const { spool } = routed.event;
    if (spool === undefined) continue;
    payloads.set(
      routed,
      await readSpool(spoolDir, spool).then(readPayload, (thrown: unknown) =>
        thrown instanceof Error ? thrown : new Error(messageOf(thrown)),
      ),
    );
  }
  return payloads;
}

async function repeatedKeys(
  events: readonly RoutedEvent[],
  payloads: Map<RoutedEvent, PayloadParts | Error>,
  { store, ids }: RecordDeps,
): Promise<Set<RoutedEvent>> {
  const byKey = new Map<string, RoutedEvent[]>();
  for (const routed of events) {
    const parts = payloads.get(routed) ?? routed.event;
    if (parts instanceof Error || parts.dedupKey === undefined) continue;
    const same = byKey.get(parts.dedupKey);
    if (same === undefined) byKey.set(parts.dedupKey, [routed]);
    else same.push(routed);
  }
  if (byKey.size === 0) return new Set();
  const known = await findDedupKeys(store, [...byKey.keys()]);
  // An event's own row is no repetition: it is there when an earlier try was recorded but its answer was lost.
  return new Set(
    [...byKey].flatMap(([key, same]) => {
      const holder = known.get(key) ?? ids.idOf((same[0] as RoutedEvent).position);
      return same.filter(({ position }) => ids.idOf(position) !== holder);
    }),
  );
}

/** Writes all at once, or, where Postgres refuses a row, each by itself so that only the refused ones die. */
async function writeRecords(
  records: readonly EventRecord[],
  store: Store,
  now: () => number,
): Promise<readonly EventRecord[]> {
  if (records.length === 0) return records;
  try {
    await recordEvents(store, records, new Date(now()));
    return records;
  } catch (thrown) {
    if (thrown instanceof StoreAwayError) throw thrown;
    if (records.length > 1) {
      const half = records.length >> 1;
      return [
        ...(await writeRecords(records.slice(0, half), store, now)),
        ...(await writeRecords(records.slice(half), store, now)),
      ];
    }
    const dead = records.map((record) => deadLetter(record, thrown));
    await recordEvents(store, dead, new Date(now()));
    return dead;
  }
}

/** What is kept of an event whose row Postgres refuses: enough to know it by, in characters that are certainly good. */
function deadLetter(record: EventRecord, thrown: unknown): EventRecord {
  return {
    ...record,
    payload: record.payload.slice(0, 10_000).replace(/[^\x20-\x7e\n]/g, '\uFFFD'),
    status: 'dead',
    reason: `the store refused it: ${messageOf(thrown)}`,
    reply: undefined,
    conversation: undefined,
    dedupKey: undefined,
    task: undefined,
    note: undefined,
  };
}

async function removeSpooled(events: readonly RoutedEvent[], spoolDir: string): Promise<void> {
  for (const { event } of events) if (event.spool !== undefined) await removeSpool(spoolDir, event.spool);
}

function release(events: readonly RoutedEvent[], journal: Journal): void {
  for (const { position } of events) journal.addPending(position, -1);
}

function announce(records: readonly EventRecord[], bus: Bus): void {
  for (const { id, route, rule, status, dedupKey, reply } of records) {
    if (dedupKey === undefined && reply === undefined) continue;
    bus.emit('event.routed', {
      eventId: id,
      route,
      rule,
      status,
      ...(dedupKey === undefined ? {} : { dedupKey }),
      ...(reply === undefined ? {} : { reply }),
    });
  }
}

function tally(records: readonly EventRecord[]): RecordedBatch {
  const count = (status: EventRecord['status']): number =>
    records.reduce((sum, record) => sum + (record.status === status ? 1 : 0), 0);
  const tasks = count('task');
  return {
    done: count('done'),
    dropped: count('dropped'),
    failed: count('failed'),
    dead: count('dead'),
    tasks,
  };
}
