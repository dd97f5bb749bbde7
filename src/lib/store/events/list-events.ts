import type { Store } from '../store.ts';

/** An event row as lists show it. */
export interface EventListRow {
  id: number;
  priority: number;
  source: string;
  category: string;
  /** The first 2,000 characters. */
  payload: string;
  occurred_at: Date;
  received_at: Date;
  route: string;
  rule: string;
  status: string;
  reason: string | null;
  conversation: string | null;
}

export interface EventListQuery {
  status?: string | undefined;
  source?: string | undefined;
  category?: string | undefined;
  limit: number;
}

/** The newest recorded events that fit; ids of one journal rise with the time of receipt. */
export async function listEvents(
  store: Pick<Store, 'query'>,
  query: EventListQuery,
): Promise<EventListRow[]> {
  const { rows } = await store.query<EventListRow>({
    name: 'events-list',
    text: `SELECT id, priority, source, category, left(payload, 2000) AS payload, occurred_at, received_at, route, rule,
                  status, reason, conversation
             FROM events
            WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR source = $2)
              AND ($3::text IS NULL OR category = $3)
            ORDER BY id DESC LIMIT $4`,
    values: [query.status ?? null, query.source ?? null, query.category ?? null, query.limit],
  });
  return rows;
}
