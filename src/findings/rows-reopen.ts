import type { Tx } from '../lib/store/store.ts';
import { type Finding, findingColumns, findingOf, type FindingRow } from './rows.ts';

/** Opens a finding that was accepted, dismissed or snoozed; undefined where it was none of these. */
export async function reopenFinding(tx: Tx, id: number, now: Date): Promise<Finding | undefined> {
  const { rows } = await tx.query<FindingRow>({
    name: 'findings-take-back',
    text: `UPDATE optimization_findings
              SET state = 'open', decided_at = NULL, snoozed_until = NULL, reason = NULL
            WHERE id = $2 AND state IN ('accepted', 'dismissed', 'snoozed') RETURNING ${findingColumns}`,
    values: [now, id],
  });
  return rows.map(findingOf)[0];
}

/** Takes a dismissal out of the count of its detector. */
export async function forgetDismissal(tx: Tx, id: number): Promise<void> {
  await tx.query({
    name: 'findings-forget-dismissal',
    text: `UPDATE finding_detectors
              SET dismissals = greatest(0, dismissals - 1),
                  dismissed_weight = CASE WHEN dismissals > 1 THEN dismissed_weight ELSE 0 END
            WHERE kind = (SELECT kind FROM optimization_findings WHERE id = $1)`,
    values: [id],
  });
}
