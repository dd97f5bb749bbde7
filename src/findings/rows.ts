import type { Tx } from '../lib/store/store.ts';
import { type Evidence, evidenceSchema } from '../wishes/evidence.ts';
import type { FindingFigure, FindingMetric } from './detector.ts';

/** The states of a finding. `gone`: it is not measured any more. */
export const findingStates = ['open', 'snoozed', 'gone', 'accepted', 'dismissed'] as const;

/** Something that a detector has measured, and what became of it. */
export interface Finding {
  id: number;
  /** The detector. */
  kind: string;
  /** What it is about, such as a category. */
  subject: string;
  severity: string;
  summary: string;
  evidence: Evidence[];
  figures: FindingFigure[];
  remedy: string;
  /** What would show that it is settled. */
  metric: FindingMetric | null;
  /** What was measured, of a finding from before evidence had a form. */
  measured: unknown;
  state: string;
  /** In how many looks it was seen. */
  seenCount: number;
  /** How often it was open again after it was gone or decided. */
  reopened: number;
  firstSeenAt: Date;
  lastSeenAt: Date;
  goneAt: Date | null;
  snoozedUntil: Date | null;
  decidedAt: Date | null;
  /** Why it was dismissed, in the owner's words. */
  reason: string | null;
  /** The wish that came of it. */
  wishId: number | null;
}

/** A finding as its row has it. */
export type FindingRow = Omit<Finding, 'evidence' | 'measured'> & { evidence: unknown };

/** A snooze that is over is none. `$1` is the instant of asking. */
const stateNow = `CASE WHEN state = 'snoozed' AND snoozed_until <= $1::timestamptz THEN 'open' ELSE state END`;

/** Columns of a `Finding`. `$1` is the instant of asking. */
export const findingColumns = `id, kind, subject, severity, summary, evidence, figures, remedy, metric, ${stateNow} AS state,
  seen_count AS "seenCount", reopened, first_seen_at AS "firstSeenAt", last_seen_at AS "lastSeenAt", gone_at AS "goneAt",
  CASE WHEN snoozed_until > $1::timestamptz THEN snoozed_until END AS "snoozedUntil", decided_at AS "decidedAt", reason,
  (SELECT max(wish.id) FROM wishlist wish WHERE wish.finding_id = optimization_findings.id) AS "wishId"`;

/** Which findings are asked for. */
export interface FindingQuery {
  state?: string | undefined;
  kind?: string | undefined;
  before?: number | undefined;
  limit: number;
  now?: Date | undefined;
}

/** The newest findings, or the newest in one state or of one detector. */
export async function listFindings(
  store: Tx,
  { state, kind, before, limit, now = new Date() }: FindingQuery,
): Promise<Finding[]> {
  const { rows } = await store.query<FindingRow>({
    name: 'findings-list',
    text: `SELECT ${findingColumns} FROM optimization_findings
            WHERE ($2::text IS NULL OR ${stateNow} = $2) AND ($3::bigint IS NULL OR id < $3) AND ($4::text IS NULL OR kind = $4)
            ORDER BY id DESC LIMIT $5`,
    values: [now, state ?? null, before ?? null, kind ?? null, limit],
  });
  return rows.map(findingOf);
}

/** One finding, or undefined. */
export async function findFinding(store: Tx, id: number, now = new Date()): Promise<Finding | undefined> {
  const { rows } = await store.query<FindingRow>({
    name: 'findings-find',
    text: `SELECT ${findingColumns} FROM optimization_findings WHERE id = $2`,
    values: [now, id],
  });
  return rows.map(findingOf)[0];
}

/** How a finding is decided. */
export interface Decided {
  id: number;
  state: 'accepted' | 'dismissed' | 'snoozed';
  reason: string | null;
  /** Of a snooze. */
  until: Date | null;
  now: Date;
}

/** Decides a finding that is open or snoozed; undefined where it is not (any more). */
export async function decideFinding(
  tx: Tx,
  { id, state, reason, until, now }: Decided,
): Promise<Finding | undefined> {
  const { rows } = await tx.query<FindingRow>({
    name: 'findings-decide',
    text: `UPDATE optimization_findings
              SET state = $3, decided_at = CASE WHEN $3 = 'snoozed' THEN NULL ELSE $1::timestamptz END, snoozed_until = $4,
                  decided_weight = CASE WHEN $3 = 'snoozed' THEN decided_weight ELSE weight END, reason = $5
            WHERE id = $2 AND state IN ('open', 'snoozed') RETURNING ${findingColumns}`,
    values: [now, id, state, until, reason],
  });
  return rows.map(findingOf)[0];
}

/** Counts a dismissal for the detector, or begins anew with an acceptance. */
export async function noteDecision(tx: Tx, id: number, state: Decided['state']): Promise<void> {
  if (state === 'snoozed') return;
  await tx.query({
    name: 'findings-note-decision',
    text: `INSERT INTO finding_detectors AS detector (kind, dismissals, dismissed_weight)
           SELECT kind, $2::int, weight * $2 FROM optimization_findings WHERE id = $1
           ON CONFLICT ON CONSTRAINT finding_detectors_pkey DO UPDATE
             SET dismissals = (detector.dismissals + 1) * excluded.dismissals,
                 dismissed_weight = greatest(detector.dismissed_weight, excluded.dismissed_weight) * excluded.dismissals`,
    values: [id, state === 'dismissed' ? 1 : 0],
  });
}

/** A row as the rest of the program knows it. */
export function findingOf({ evidence, ...row }: FindingRow): Finding {
  if (!Array.isArray(evidence)) return { ...row, evidence: [], measured: evidence };
  const pieces = (evidence as unknown[]).flatMap((piece) => {
    const read = evidenceSchema.safeParse(piece);
    return read.success ? [read.data] : [];
  });
  return { ...row, evidence: pieces, measured: null };
}
