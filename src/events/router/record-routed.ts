import { agentNamed } from '../../lib/wire/agent-names.ts';
import type { WireFacts } from '../../lib/wire/facts.ts';
import { removeSpool } from '../../lib/wire/spool.ts';
import type { EventFacts } from '../facts.ts';
import type { TaskFacts } from '../../tasks/facts.ts';
import type { Bus } from '../../lib/bus.ts';
import { recordedChannel } from '../../lib/diagnostics.ts';
import { messageOf, StoreAwayError } from '../../lib/errors.ts';
import type { ReportReader } from '../../graph/reports.ts';
import type { Journal } from '../../lib/journal/journal.ts';
import { type EventRecord, findDedupKeys, findRecorded, type NewTask } from '../rows/record-events.ts';
import type { NoteRecord } from '../rows/said-notes.ts';
import { wordsToKeep } from '../../memory/keep/said.ts';
import type { EventIds } from '../rows/register-journal.ts';
import { eventKey } from '../../lib/wire/event-key.ts';
import { isOwnerSource, type WireEvent } from '../../lib/wire/parse-line.ts';
import { HUMAN } from '../../lib/wire/priority.ts';
import { type OpenedEvent, openSpooled, removeSpooled } from './open-spooled.ts';
import { promptOf } from './mail.ts';
import type { ReflexAnswer, Reflexes } from '../../lib/reflexes/reflex.ts';
import { longName } from '../long-name.ts';
import type { RuleBook } from './route.ts';
import { coalescedRule, type RoutedEvent } from './routed-event.ts';
import type { RuleHits } from './rule-hits.ts';
import type { Shaping } from './shape.ts';
import type { Throttles } from './throttles.ts';
import { ownValue } from '../../lib/own-value.ts';
import { repetition, type WriteDeps, writeRecords } from './write-records.ts';

export interface RecordDeps extends WriteDeps {
  journal: Journal;
  ids: EventIds;
  reflexes: Reflexes;
  bus: Bus<WireFacts & EventFacts & TaskFacts>;
  spoolDir: string;
  /** Removes a file of the spool whose event is recorded. Default: at once. */
  removeSpool?: (name: string) => Promise<void>;
  /** The rules in force now, for events whose text is in the spool. */
  rules: () => RuleBook;
  /** Counts what passed lately, for rules that let only so many through. Default: nothing is throttled. */
  throttles?: Throttles;
  /** Counts which rule took what, once it is recorded. */
  hits?: Pick<RuleHits, 'count'>;
  /** Chooses what is read into the knowledge graph of what is only recorded. Default: nothing. */
  reports?: ReportReader;
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
 * A row that Postgres refuses for what it is gets dead-lettered by itself and takes nobody with it.
 * Rejects with `StoreAwayError` where the store cannot be reached or takes nothing at all; the same events can then be tried
 * again.
 */
export async function recordRouted(events: readonly RoutedEvent[], deps: RecordDeps): Promise<RecordedBatch> {
  const now = deps.now ?? Date.now;
  await deps.ids.prepare(events.map(({ position }) => position));
  const fresh = await withoutRecorded(events, deps);
  const opened = await openSpooled(fresh, deps.spoolDir, deps.rules, deps.throttles);
  const repeated = await repeatedKeys(opened, deps);

  const records: EventRecord[] = [];
  for (const { routed, problem = longName(routed.event) } of opened) {
    const record = plainRecord(routed, deps.ids);
    if (problem !== undefined) records.push({ ...record, status: 'dead', reason: problem });
    else if (needsNothing(routed)) records.push(withReport(routed, record, deps));
    else {
      const handled = handle(routed, record, repeated.has(routed), deps);
      // A flood that reflexes answer at once waits for no turn of the loop an event.
      records.push(handled instanceof Promise ? await handled : handled);
    }
  }
  const recorded = await writeRecords(records, deps, now);
  recordedChannel.publish(recorded.length);

  deps.hits?.count(opened.map(({ routed }) => routed));
  await removeSpooled(opened, deps.removeSpool ?? ((name) => removeSpool(deps.spoolDir, name)));
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

/** What anybody sent and nothing came of: a report, as far as the graph is concerned. */
function withReport(
  { event, route }: RoutedEvent,
  record: EventRecord,
  { reports }: RecordDeps,
): EventRecord {
  if (route !== 'reflex:record' || reports?.wants(event) !== true) return record;
  return { ...record, isReport: true };
}

/** A record with every field there is, so that those of a flood are all of one shape. */
function plainRecord(
  { event, position, receivedAt, route, rule, shaping }: RoutedEvent,
  ids: EventIds,
): EventRecord {
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
    reason:
      shaping?.reason ??
      (rule === coalescedRule ? 'a later event of this source and category took its place' : undefined),
    reply: undefined,
    conversation: longName(event) === undefined ? scoped(event.source, event.conversation) : undefined,
    dedupKey: keyOf(event),
    replyTo: undefined,
    task: undefined,
    notes: undefined,
    isReport: undefined,
  };
}

function keyOf({ source, dedupKey }: WireEvent): string | undefined {
  return dedupKey === undefined ? undefined : eventKey(source, dedupKey);
}

/** Only the owner's own words may name any conversation; a stranger's stay among those of their source. */
function scoped(source: string, conversation: string | undefined): string | undefined {
  return conversation === undefined || isOwnerSource(source) ? conversation : `${source}/${conversation}`;
}

function handle(
  routed: RoutedEvent,
  record: EventRecord,
  isRepeated: boolean,
  deps: RecordDeps,
): EventRecord | Promise<EventRecord> {
  if (isRepeated) return repetition(record);
  if (routed.route === 'task') {
    const { replyTo, source, fork, agent } = routed.event;
    const task = {
      prompt: promptOf(routed.event),
      replyTo,
      forkOf: scoped(source, fork),
      wantsAgent: (isOwnerSource(source) ? agentNamed(agent) : undefined) ?? routed.shaping?.agent,
      ...taskShaping(routed.shaping),
    };
    return { ...record, status: 'task', task, notes: learnedFrom(routed) };
  }
  if (routed.route === 'drop') return record;
  const answered = answerByReflex(routed, record, deps);
  if (answered instanceof Promise) return answered.then((one) => withReport(routed, one, deps));
  return withReport(routed, answered, deps);
}

/** What rules did to a task; one that is held waits as a row of the queue. */
function taskShaping({ permissionCategory, heldBy, heldUntil }: Shaping = {}): Partial<NewTask> {
  return { permissionCategory, ...(heldBy !== undefined && { heldBy, heldUntil }) };
}

/** What the owner says to the agent is kept at once and as it was said, whatever becomes of the task. */
function learnedFrom({ event }: RoutedEvent): NoteRecord[] | undefined {
  if (event.priority !== HUMAN || !isOwnerSource(event.source)) return undefined;
  const kept = wordsToKeep(event.text);
  return kept.length === 0
    ? undefined
    : kept.map((words) => ({ ...words, trust: 'owner', origin: 'extraction' }));
}

function answerByReflex(
  routed: RoutedEvent,
  record: EventRecord,
  deps: RecordDeps,
): EventRecord | Promise<EventRecord> {
  const { event } = routed;
  const name = routed.route.slice('reflex:'.length);
  const reflex = ownValue(deps.reflexes, name);
  if (reflex === undefined) {
    const known = Object.keys(deps.reflexes).sort().join(', ');
    return {
      ...record,
      status: 'failed',
      reason: `there is no reflex ${JSON.stringify(name)}; there are ${known}`,
      replyTo: event.replyTo,
    };
  }
  const answeredBy = ({ reply, note }: ReflexAnswer): EventRecord => ({
    ...record,
    reply,
    replyTo: reply === undefined ? undefined : event.replyTo,
    notes: note && [{ origin: 'event', ...note }],
  });
  const failedBy = (thrown: unknown): EventRecord => {
    if (thrown instanceof StoreAwayError) throw thrown;
    return { ...record, status: 'failed', reason: messageOf(thrown), replyTo: event.replyTo };
  };
  try {
    const answer = reflex(routed);
    return answer instanceof Promise ? answer.then(answeredBy).catch(failedBy) : answeredBy(answer);
  } catch (thrown) {
    return failedBy(thrown);
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
    const dedupKey = keyOf(routed.event);
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

function release(events: readonly RoutedEvent[], journal: Journal): void {
  for (const { position } of events) journal.addPending(position, -1);
}

function announce(records: readonly EventRecord[], bus: Bus<WireFacts & EventFacts & TaskFacts>): void {
  if (records.length > 0) bus.emit('events.recorded', { records });
  for (const { id, route, rule, status, dedupKey, reply, reason } of records) {
    if (dedupKey === undefined && reply === undefined) continue;
    bus.emit('event.routed', {
      eventId: id,
      route,
      rule,
      status,
      ...(dedupKey === undefined ? {} : { dedupKey }),
      ...(reply === undefined ? {} : { reply }),
      ...(reason === undefined ? {} : { reason }),
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
