import type { Tx } from '../../lib/store/store.ts';
import type { News, NewsCategory } from '../judge/news.ts';

/** Something that happened, as it is kept. */
export interface FleetEvent {
  id: number;
  hostId: number | null;
  at: Date;
  category: NewsCategory;
  priority: News['priority'];
  before: string | null;
  state: string | null;
  text: string;
  detail: Record<string, unknown>;
  muted: string | null;
  putAt: Date | null;
}

const columns = `id, machine_id AS "hostId", at, category, priority, before, state, text, detail, muted, put_at AS "putAt"`;

/** Keeps news, in the transaction of what they tell. */
export async function insertNews(
  tx: Tx,
  { hostId, news, at }: { hostId: number | null; news: readonly News[]; at: Date },
): Promise<void> {
  for (const { category, priority, text, before, state, detail, muted } of news)
    await tx.query({
      name: 'fleet-event-insert',
      text: `INSERT INTO fleet_events (machine_id, at, category, priority, before, state, text, detail, muted)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      values: [
        hostId,
        at,
        category,
        priority,
        before ?? null,
        state ?? null,
        text,
        JSON.stringify(detail ?? {}),
        muted ?? null,
      ],
    });
}

/** Events that are to be written into the pipe, oldest first, with the name of their host. */
export async function eventsToPut(
  store: Tx,
  limit: number,
): Promise<(FleetEvent & { host: string | null })[]> {
  const { rows } = await store.query<FleetEvent & { host: string | null }>({
    name: 'fleet-events-to-put',
    text: `SELECT event.id, machine_id AS "hostId", at, category, priority, before, event.state, text, detail, muted, put_at AS "putAt",
                  machine.name AS host
             FROM fleet_events event LEFT JOIN machines machine ON machine.id = event.machine_id
            WHERE muted IS NULL AND put_at IS NULL AND machine.removed_at IS NULL ORDER BY event.id LIMIT $1`,
    values: [limit],
  });
  return rows;
}

/** An event is in the pipe. */
export async function markPut(store: Tx, id: number, now: Date): Promise<void> {
  await store.query({
    name: 'fleet-event-put',
    text: 'UPDATE fleet_events SET put_at = $2 WHERE id = $1',
    values: [id, now],
  });
}

/** The newest events of a host, newest first. */
export async function eventsOfHost(store: Tx, hostId: number, limit: number): Promise<FleetEvent[]> {
  const { rows } = await store.query<FleetEvent>({
    name: 'fleet-events-of',
    text: `SELECT ${columns} FROM fleet_events WHERE machine_id = $1 ORDER BY at DESC, id DESC LIMIT $2`,
    values: [hostId, limit],
  });
  return rows;
}

/** How the last time of that kind went: when it began, when it was over, and what an agent said of it. */
export async function lastTime(
  store: Tx,
  { hostId, category, before }: { hostId: number; category: string; before: number },
): Promise<{ at: Date; text: string; overAt: Date | null; result: string | null } | undefined> {
  const { rows } = await store.query<{ at: Date; text: string; overAt: Date | null; result: string | null }>({
    name: 'fleet-last-time',
    text: `SELECT event.at, event.text, over.at AS "overAt", task.result
             FROM fleet_events event
             JOIN machines machine ON machine.id = event.machine_id
             LEFT JOIN LATERAL (
               SELECT at FROM fleet_events later WHERE later.machine_id = event.machine_id AND later.id > event.id
                  AND later.category = 'host-up' ORDER BY later.id LIMIT 1) over ON true
             LEFT JOIN LATERAL (
               SELECT left(tasks.reply, 1500) AS result FROM events JOIN tasks ON tasks.event_id = events.id
                WHERE events.source = 'fleet:' || machine.name AND events.category = event.category AND tasks.state = 'done'
                  AND events.received_at >= event.at - interval '1 minute'
                ORDER BY tasks.id LIMIT 1) task ON true
            WHERE event.machine_id = $1 AND event.category = $2 AND event.id < $3 AND event.muted IS NULL
            ORDER BY event.id DESC LIMIT 1`,
    values: [hostId, category, before],
  });
  return rows[0];
}
