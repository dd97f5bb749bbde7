import type { Tx } from '../../lib/store/store.ts';

/** A recorded event as a dry run meets it. */
export interface RecentEvent {
  id: number;
  priority: number;
  source: string;
  category: string;
  /** The first 65,536 characters. */
  payload: string;
  receivedAt: Date;
}

const chunkEvents = 200;

/** The newest events that met a rule, oldest first, read a chunk at a time so that nobody waits long behind it. */
export async function readRecentEvents(store: Tx, most: number): Promise<RecentEvent[]> {
  const events: RecentEvent[] = [];
  let before: number | null = null;
  while (events.length < most) {
    const limit = Math.min(chunkEvents, most - events.length);
    const rows: RecentEvent[] = await readChunk(store, before, limit);
    events.push(...rows);
    before = rows.at(-1)?.id ?? null;
    if (rows.length < limit) break;
  }
  return events.toSorted((a, b) => a.receivedAt.getTime() - b.receivedAt.getTime() || a.id - b.id);
}

async function readChunk(store: Tx, before: number | null, limit: number): Promise<RecentEvent[]> {
  const { rows } = await store.query<RecentEvent>({
    name: 'rules-recent-events',
    // Neither of these two met a rule.
    text: `SELECT id, priority, source, category, left(payload, 65536) AS payload, received_at AS "receivedAt" FROM events
            WHERE ($1::bigint IS NULL OR id < $1) AND rule NOT IN ('coalesced', 'damaged')
            ORDER BY id DESC LIMIT $2`,
    values: [before, limit],
  });
  return rows;
}
