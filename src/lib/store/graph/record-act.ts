import type { Store } from '../store.ts';

/** What the owner did to the graph. */
export interface GraphAct {
  at: Date;
  /** As a fact: `entity.merged`. */
  action: string;
  /** One sentence. */
  summary: string;
  /** The entity that is there now. */
  entityId: number | null;
}

/** Writes a line of the activity log, in the transaction of the act itself. */
export async function recordAct(
  tx: Pick<Store, 'query'>,
  { at, action, summary, entityId }: GraphAct,
): Promise<void> {
  await tx.query({
    name: 'graph-record-act',
    text: `INSERT INTO activity_log (at, actor, action, summary, detail) VALUES ($1, 'owner', $2, $3, $4)`,
    values: [at, action, summary, JSON.stringify({ entityId })],
  });
}
