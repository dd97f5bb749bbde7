import type { Store } from '../../lib/store/store.ts';
import { isDue, isPaused, longestWait } from './waits.ts';
import type { DeliveryBody } from './insert-deliveries.ts';

/** A delivery that this worker has just made its own; nobody else sends it before its lease runs out. */
export interface ClaimedDelivery {
  id: number;
  channel: string;
  address: string;
  kind: 'reply' | 'news';
  token: string;
  body: DeliveryBody;
  eventId: number | null;
  taskId: number | null;
  subject: string;
  /** Counts from 1; with `worker` it fences what is recorded about this attempt. */
  attempt: number;
  worker: string;
  /** Attempts that failed without a known reason. */
  failures: number;
  /** An earlier attempt may have arrived. */
  mayBeRepeat: boolean;
  lastAnswer: unknown;
}

/** A channel that is served here, and for how many more addresses there is room. */
export interface ChannelRoom {
  name: string;
  room: number;
  leaseMs: number;
}

export interface ClaimOptions {
  worker: string;
  channels: readonly ChannelRoom[];
  /** Deliveries that are in hand here, whose lease may have run out while the store was away. */
  inHand: readonly number[];
  now: Date;
}

/** Due, or left behind by this worker's former life or by another one that went away. */
const isReady = `((state = 'pending' AND ${isDue('$4')}) OR
  (state = 'sending' AND NOT id = ANY ($6::bigint[]) AND (worker = $5 OR lease_until < $4
    OR lease_until > $4::timestamptz + make_interval(secs => lease_ms / 1000.0) + ${longestWait})))`;

/**
 * Claims due deliveries: at most one an address, its oldest open one, oldest first while there is room in the channel.
 * So an address gets its messages in the order in which they were kept, and waits for an earlier one as long as that is open.
 * The oldest of each address is found by stepping from address to address, so that a backlog costs nothing.
 */
export async function claimDeliveries(
  store: Pick<Store, 'query'>,
  { worker, channels, inHand, now }: ClaimOptions,
): Promise<ClaimedDelivery[]> {
  const open = channels.filter(({ room }) => room > 0);
  if (open.length === 0) return [];
  const { rows } = await store.query<ClaimedDelivery>({
    name: 'deliveries-claim',
    text: `
      WITH RECURSIVE served AS (
        SELECT name, room, lease_ms FROM unnest($1::text[], $2::int[], $3::int[]) AS served (name, room, lease_ms)
         WHERE NOT EXISTS (SELECT FROM delivery_channels AS channel WHERE channel.name = served.name AND ${isPaused('$4')})),
      heads AS (
        SELECT head.* FROM served CROSS JOIN LATERAL (
          SELECT id, channel, address FROM deliveries WHERE channel = served.name AND state IN ('pending', 'sending')
           ORDER BY address, id LIMIT 1) AS head
        UNION ALL
        SELECT next.* FROM heads CROSS JOIN LATERAL (
          SELECT id, channel, address FROM deliveries
           WHERE channel = heads.channel AND address > heads.address AND state IN ('pending', 'sending')
           ORDER BY address, id LIMIT 1) AS next),
      ready AS (
        SELECT id, room, lease_ms, row_number() OVER (PARTITION BY channel ORDER BY id) AS place
          FROM deliveries JOIN heads USING (id, channel) JOIN served ON served.name = channel WHERE ${isReady}),
      locked AS (
        SELECT id, lease_ms, may_have_arrived FROM deliveries JOIN ready USING (id)
         WHERE place <= room AND ${isReady} ORDER BY id FOR UPDATE OF deliveries SKIP LOCKED)
      UPDATE deliveries AS delivery
         SET state = 'sending', worker = $5, lease_until = $4::timestamptz + make_interval(secs => lease_ms / 1000.0),
             attempts = attempts + 1, may_have_arrived = true
        FROM locked WHERE delivery.id = locked.id
      RETURNING delivery.id, channel, address, kind, token, body, event_id AS "eventId", task_id AS "taskId",
                subject, attempts AS attempt, worker, failures,
                locked.may_have_arrived AS "mayBeRepeat", answer AS "lastAnswer"`,
    values: [
      open.map(({ name }) => name),
      open.map(({ room }) => room),
      open.map(({ leaseMs }) => leaseMs),
      now,
      worker,
      inHand,
    ],
  });
  return rows.sort((a, b) => a.id - b.id);
}

/** Milliseconds until the next delivery is due or a pause ends, or undefined where nothing waits for its time. */
export async function untilNextDelivery(
  store: Pick<Store, 'query'>,
  channels: readonly string[],
  now: Date,
): Promise<number | undefined> {
  const { rows } = await store.query<{ due: Date | null }>({
    name: 'deliveries-next-due',
    text: `SELECT least(
             (SELECT min(due_at) FROM deliveries WHERE state = 'pending' AND NOT ${isDue('$2')} AND channel = ANY ($1)),
             (SELECT min(paused_until) FROM delivery_channels WHERE name = ANY ($1) AND ${isPaused('$2')})) AS due`,
    values: [channels, now],
  });
  const due = rows[0]?.due;
  return due == null ? undefined : Math.max(0, due.getTime() - now.getTime());
}
