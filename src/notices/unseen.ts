import type { Store } from '../lib/store/store.ts';

/** A notice that nobody has seen. */
export interface UnseenNotice {
  id: number;
  at: Date;
  origin: string;
  text: string;
  /** Told by an alarm before. */
  isAlarmed: boolean;
}

export interface UnseenQuery {
  origins: readonly string[];
  /** Only those of before this instant. */
  before: Date;
}

const most = 20;

/** The oldest notices of these origins that were not seen, those first that no alarm has told; one that was put off counts from then. */
export async function listUnseen(store: Store, { origins, before }: UnseenQuery): Promise<UnseenNotice[]> {
  const { rows } = await store.query<UnseenNotice>({
    name: 'alarm-unseen',
    text: `SELECT id, at, origin, text, alarmed_at IS NOT NULL AS "isAlarmed" FROM owner_notices
            WHERE seen_at IS NULL AND origin = ANY ($1) AND greatest(at, put_off_until) <= $2
            ORDER BY alarmed_at IS NOT NULL, id LIMIT ${most}`,
    values: [origins, before],
  });
  return rows;
}

/** Notes that these were told. */
export async function noteAlarmed(store: Store, ids: readonly number[], now: Date): Promise<void> {
  await store.query({
    name: 'alarm-noted',
    text: 'UPDATE owner_notices SET alarmed_at = $2 WHERE id = ANY ($1)',
    values: [ids, now],
  });
}
