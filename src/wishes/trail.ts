import type { Tx } from '../lib/store/store.ts';

/** One move of a wish, as its audit trail keeps it. */
export interface MoveRecord {
  wishId: number;
  at: Date;
  /** A face of the owner, or `agent`, `finding`, `retrospective`, `drafter`. */
  by: string;
  move: string;
  /** Null for the proposal itself. */
  from: string | null;
  to: string;
  /** The draft that it is about. */
  version?: number | null | undefined;
  reason?: string | null | undefined;
}

/** Adds a move to the trail; in the transaction of the move. */
export async function recordMove(tx: Tx, record: MoveRecord): Promise<void> {
  const { wishId, at, by, move, from, to, version, reason } = record;
  await tx.query({
    name: 'wish-moves-record',
    text: `INSERT INTO wish_moves (wish_id, at, moved_by, move, from_state, to_state, version, reason)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [wishId, at, by, move, from, to, version ?? null, reason ?? null],
  });
}

const mostMoves = 500;

/** The trail of a wish, the newest 500 moves in their order. */
export async function trailOf(store: Tx, wishId: number): Promise<Omit<MoveRecord, 'wishId'>[]> {
  const { rows } = await store.query<Omit<MoveRecord, 'wishId'>>({
    name: 'wish-moves-of',
    text: `SELECT at, moved_by AS by, move, from_state AS "from", to_state AS "to", version, reason
             FROM (SELECT * FROM wish_moves WHERE wish_id = $1 ORDER BY id DESC LIMIT ${mostMoves}) AS newest ORDER BY id`,
    values: [wishId],
  });
  return rows;
}
