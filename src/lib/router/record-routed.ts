import type { Bus } from '../bus.ts';
import { recordedChannel } from '../diagnostics.ts';
import { messageOf, StoreAwayError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import {
  type EventRecord,
  findDedupKeys,
  findRecorded,
  isRepetition,
  type NoteRecord,
  recordEvents,
} from '../store/events/record-events.ts';
import { ownerStatements } from '../remember/owner-statements.ts';
import type { EventIds } from '../store/events/register-journal.ts';
import type { Store } from '../store/store.ts';
import { isOwnerSource } from '../wire/parse-line.ts';
import { type OpenedEvent, openSpooled, removeSpooled } from './open-spooled.ts';
import type { Reflexes } from './reflex.ts';
import type { RuleBook } from './route.ts';
import { coalescedRule, type RoutedEvent } from './routed-event.ts';

export interface RecordDeps {
  store: Store;
  journal: Journal;
  ids: EventIds;
  reflexes: Reflexes;
  bus: Bus;
  spoolDir: string;
  /** The rules in force now, for events whose text is in the spool. */
  rules: () => RuleBook;
  /** Lines before this position came before the last start and may be recorded already. */
  replayEnd: number;
  now?: () => number;
}

const HUMAN = 0;

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
  const opened = await openSpooled(fresh, deps.spoolDir, deps.rules);
  const repeated = await repeatedKeys(opened, deps);

  const records: EventRecord[] = [];
  for (const { routed, problem } of opened) {
    const record = plainRecord(routed, deps.ids);
    if (problem !== undefined) records.push({ ...record, status: 'dead', reason: problem });
    else if (needsNothing(routed)) records.push(record);
    else records.push(await handle(routed, record, repeated.has(routed), deps));
  }
  const recorded = await writeRecords(records, deps.store, now);
  recordedChannel.publish(recorded.length);

  await removeSpooled(opened, deps.spoolDir);
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

function plainRecord({ event, position, receivedAt, route, rule }: RoutedEvent, ids: EventIds): EventRecord {
  return {
    id: ids.idOf(position),
    priority: event.priority,
    source: event.source,
    category: event.category,
    payload: event.payload,
    occurredAt: event.occurredAt ?? receivedAt,
    receivedAt,
    route,
    rule,
    status: route === 'drop' ? 'dropped' : 'done',
    ...(rule === coalescedRule ? { reason: 'a later event of this source and category took its place' } : {}),
    conversation: scoped(event.source, event.conversation),
    dedupKey: event.dedupKey,
  };
}

/** Only the owner's own words may name any conversation; a stranger's stay among those of their source. */
function scoped(source: string, conversation: string | undefined): string | undefined {
  return conversation === undefined || isOwnerSource(source) ? conversation : `${source}/${conversation}`;
}

async function handle(
  routed: RoutedEvent,
  record: EventRecord,
  isRepeated: boolean,
  deps: RecordDeps,
): Promise<EventRecord> {
  if (isRepeated) return repetition(record);
  if (routed.route === 'task') {
    const { text, replyTo, source, fork } = routed.event;
    const task = { prompt: text, replyTo, forkOf: scoped(source, fork) };
    return { ...record, status: 'task', task, notes: learnedFrom(routed) };
  }
  return routed.route === 'drop' ? record : await answerByReflex(routed, record, deps);
}

/** What the owner says of themselves to the agent is learned at once, whatever becomes of the task. */
function learnedFrom({ event }: RoutedEvent): NoteRecord[] | undefined {
  if (event.priority !== HUMAN || !isOwnerSource(event.source)) return undefined;
  const statements = ownerStatements(event.text);
  return statements.length === 0
    ? undefined
    : statements.map((statement) => ({ ...statement, trust: 'owner', origin: 'extraction' }));
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
    return {
      ...record,
      reply: answer.reply,
      ...(answer.note && { notes: [{ origin: 'event', ...answer.note }] }),
    };
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

async function repeatedKeys(
  opened: readonly OpenedEvent[],
  { store, ids }: RecordDeps,
): Promise<Set<RoutedEvent>> {
  const byKey = new Map<string, RoutedEvent[]>();
  for (const { routed, problem } of opened) {
    const { dedupKey } = routed.event;
    if (problem !== undefined || dedupKey === undefined) continue;
    const same = byKey.get(dedupKey);
    if (same === undefined) byKey.set(dedupKey, [routed]);
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
    const ended = records.map((record) =>
      isRepetition(thrown) ? repetition(record) : deadLetter(record, thrown),
    );
    await recordEvents(store, ended, new Date(now()));
    return ended;
  }
}

/** What is kept of an event whose key was there before; it causes nothing. */
function repetition(record: EventRecord): EventRecord {
  return {
    ...record,
    dedupKey: undefined,
    status: 'dropped',
    reason: 'an event with this dedupKey came before',
    reply: undefined,
    task: undefined,
    notes: undefined,
  };
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
    notes: undefined,
  };
}

function release(events: readonly RoutedEvent[], journal: Journal): void {
  for (const { position } of events) journal.addPending(position, -1);
}

function announce(records: readonly EventRecord[], bus: Bus): void {
  if (records.length > 0) bus.emit('events.recorded', { records });
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
