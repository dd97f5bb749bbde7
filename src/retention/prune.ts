import type { Store } from '../lib/store/store.ts';
import { DAY } from '../lib/time.ts';
import { isNotedNoMore } from '../memory/rows/bundles.ts';

/** How many days the rows of ended things are kept. */
export interface Retention {
  eventsDays: number;
  tasksDays: number;
  activityDays: number;
  deliveriesDays: number;
  firesDays: number;
}

/** Rows deleted with one statement, so that nobody waits long behind it. */
const chunkRows = 2_000;

/** Costs stay at least as long as a month and the one before it are summed up. */
const leastCostsDays = 62;
/** A mail that is moved into a watched folder within a year is known. */
const leastSeenDays = 400;
/** The budget of IDENTIFYs counts those of one day. */
const identifiesDays = 2;
/** Depth and trust of a task that is still to run come from here. */
const selfTasksEnded = `created_at < $1 AND NOT EXISTS (
  SELECT FROM events JOIN tasks ON tasks.event_id = events.id
   WHERE events.dedup_key = self_tasks.dedup_key AND tasks.finished_at IS NULL)`;
const conversationsEnded = `last_used_at < $1 AND NOT EXISTS (
  SELECT FROM tasks WHERE finished_at IS NULL AND conversations.id IN (tasks.conversation, tasks.fork_of))`;

/** Of a conversation whose messages are all gone nothing is shown. */
const marksEnded = `updated_at < $1 AND NOT EXISTS (SELECT FROM events WHERE events.conversation = conversation_marks.conversation)`;

/** The last fire of a job and its last success say how it is; of a job that is no more nothing stays. */
const firesEnded = `ended_at < $1 AND (
  NOT EXISTS (SELECT FROM job_cursors WHERE job_cursors.job_id = job_fires.job_id)
  OR EXISTS (SELECT FROM job_fires AS newer WHERE newer.job_id = job_fires.job_id AND newer.nominal_at > job_fires.nominal_at
               AND (job_fires.state <> 'done' OR newer.state = 'done')))`;
/** What is still measured stays, so that what was dismissed never comes back for its age. */
const findingsEnded = `state NOT IN ('open', 'snoozed') AND greatest(last_seen_at, decided_at, gone_at) < $1`;
/** A daemon says at each start which jobs it has; one that was off for less may come back to them. */
const leastCursorDays = 400;

/** The patches of wishes that are over; the wishes themselves stay, since one that was rejected stays rejected. */
const draftsEnded = `EXISTS (SELECT FROM wishlist WHERE wishlist.id = wish_drafts.wish_id AND coalesce(applied_at, decided_at) < $1
  AND state IN ('rejected', 'declined', 'applied', 'kept', 'unkept'))`;
/** The last one that was completed says when the next one is due. */
const retrospectivesEnded = `ended_at < $1 AND EXISTS (
  SELECT FROM retrospectives AS newer WHERE newer.state = 'completed' AND newer.id > retrospectives.id)`;

/**
 * Deletes what has been kept long enough, a chunk at a time; open events and tasks stay however old they are.
 * Resolves to the number of rows deleted.
 */
export async function pruneStore(
  store: Pick<Store, 'query'>,
  retention: Retention,
  now: Date,
): Promise<number> {
  const costsDays = Math.max(leastCostsDays, retention.tasksDays);
  const before = (days: number): Date => new Date(now.getTime() - days * DAY);
  return (
    (await deleteAll(
      store,
      'prune-events',
      `status <> 'task' AND received_at < $1 AND ${isNotedNoMore}`,
      'events',
      before(retention.eventsDays),
    )) +
    (await deleteAll(store, 'prune-tasks', 'finished_at < $1', 'tasks', before(retention.tasksDays))) +
    (await deleteAll(store, 'prune-activity', 'at < $1', 'activity_log', before(retention.activityDays))) +
    (await deleteAll(
      store,
      'prune-rule-days',
      'day < $1::date',
      'rule_days',
      before(retention.activityDays),
      'day',
    )) +
    (await deleteAll(
      store,
      'prune-findings',
      findingsEnded,
      'optimization_findings',
      before(retention.activityDays),
    )) +
    (await deleteAll(
      store,
      'prune-conversation-marks',
      marksEnded,
      'conversation_marks',
      before(retention.eventsDays),
      'conversation',
    )) +
    (await deleteAll(store, 'prune-notices', 'at < $1', 'owner_notices', before(retention.activityDays))) +
    (await deleteAll(
      store,
      'prune-deliveries',
      'ended_at < $1',
      'deliveries',
      before(retention.deliveriesDays),
    )) +
    (await deleteAll(store, 'prune-fires', firesEnded, 'job_fires', before(retention.firesDays))) +
    (await deleteAll(
      store,
      'prune-job-cursors',
      'seen_at < $1',
      'job_cursors',
      before(Math.max(leastCursorDays, retention.firesDays)),
      'job_id',
    )) +
    (await deleteAll(
      store,
      'prune-discord-identifies',
      'at < $1',
      'discord_identifies',
      before(identifiesDays),
    )) +
    (await deleteAll(
      store,
      'prune-discord-cards',
      'settled_at < $1',
      'discord_cards',
      before(retention.deliveriesDays),
    )) +
    (await deleteAll(
      store,
      'prune-discord-drafts',
      'created_at < $1',
      'discord_drafts',
      before(retention.deliveriesDays),
      'task_id',
    )) +
    (await deleteAll(
      store,
      'prune-discord-pairings',
      'expires_at < $1',
      'discord_pairings',
      before(1),
      'code',
    )) +
    (await deleteAll(
      store,
      'prune-mail-seen',
      'at < $1',
      'mail_seen',
      before(Math.max(leastSeenDays, retention.eventsDays)),
    )) +
    (await deleteAll(
      store,
      'prune-wish-drafts',
      draftsEnded,
      'wish_drafts',
      before(retention.tasksDays),
      'wish_id',
    )) +
    (await deleteAll(
      store,
      'prune-retrospectives',
      retrospectivesEnded,
      'retrospectives',
      before(retention.activityDays),
    )) +
    (await deleteAll(store, 'prune-upkeep', 'at < $1', 'upkeep_runs', before(retention.activityDays))) +
    (await deleteAll(store, 'prune-costs', 'at < $1', 'task_costs', before(costsDays))) +
    (await deleteAll(
      store,
      'prune-self-tasks',
      selfTasksEnded,
      'self_tasks',
      before(retention.tasksDays),
      'dedup_key',
    )) +
    (await deleteAll(
      store,
      'prune-conversations',
      conversationsEnded,
      'conversations',
      before(retention.tasksDays),
    ))
  );
}

async function deleteAll(
  store: Pick<Store, 'query'>,
  name: string,
  condition: string,
  table:
    | 'events'
    | 'tasks'
    | 'activity_log'
    | 'owner_notices'
    | 'optimization_findings'
    | 'wish_drafts'
    | 'retrospectives'
    | 'rule_days'
    | 'deliveries'
    | 'job_fires'
    | 'job_cursors'
    | 'task_costs'
    | 'self_tasks'
    | 'conversations'
    | 'conversation_marks'
    | 'discord_identifies'
    | 'discord_cards'
    | 'discord_drafts'
    | 'discord_pairings'
    | 'mail_seen'
    | 'upkeep_runs',
  before: Date,
  key = 'id',
): Promise<number> {
  let deleted = 0;
  for (;;) {
    const { rowCount } = await store.query({
      name,
      // Ids rise with time, so the oldest rows are found at the front of the primary key.
      text: `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${condition} ORDER BY ${key} LIMIT ${chunkRows})`,
      values: [before],
    });
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < chunkRows) return deleted;
  }
}
