import type { Tx } from '../lib/store/store.ts';
import type { Candidate } from './detector.ts';
import { type DetectorMemory, type Fate, type KnownFinding } from './settle.ts';

/** Tells two findings apart. */
export function fingerprintOf(kind: string, { subject }: Pick<Candidate, 'subject'>): string {
  return `${kind}: ${subject}`;
}

/** Makes other looks and decisions wait until this transaction is over, also those of other daemons of the database. */
export async function lockFindings(tx: Tx): Promise<void> {
  await tx.query({
    name: 'findings-lock',
    text: 'LOCK TABLE optimization_findings IN SHARE ROW EXCLUSIVE MODE',
  });
}

/** What a detector remembers; nothing at its first look. */
export async function readMemory(tx: Tx, kind: string): Promise<DetectorMemory> {
  const { rows } = await tx.query<DetectorMemory>({
    name: 'findings-memory',
    text: `SELECT dismissals, dismissed_weight AS "dismissedWeight", looked_at AS "lookedAt" FROM finding_detectors WHERE kind = $1`,
    values: [kind],
  });
  return rows[0] ?? { dismissals: 0, dismissedWeight: 0, lookedAt: null };
}

/** States in which a wish has come to its end. */
const closedWish = `('rejected', 'declined', 'applied', 'kept', 'unkept')`;

/** The newest finding of each of these fingerprints. */
export async function readKnown(tx: Tx, fingerprints: readonly string[]): Promise<Map<string, KnownFinding>> {
  const { rows } = await tx.query<KnownFinding>({
    name: 'findings-known',
    text: `SELECT DISTINCT ON (finding.fingerprint) finding.id, finding.fingerprint, finding.state, finding.last_seen_at AS "lastSeenAt",
                  finding.snoozed_until AS "snoozedUntil", greatest(finding.decided_at, wish.decided_at, wish.applied_at) AS "decidedAt",
                  finding.decided_weight AS "decidedWeight", coalesce(wish.state NOT IN ${closedWish}, false) AS "wishIsOpen"
             FROM optimization_findings AS finding
             LEFT JOIN LATERAL (
               SELECT * FROM wishlist WHERE wishlist.finding_id = finding.id ORDER BY id DESC LIMIT 1) AS wish ON true
            WHERE finding.fingerprint = ANY ($1::text[]) ORDER BY finding.fingerprint, finding.id DESC`,
    values: [fingerprints],
  });
  return new Map(rows.map((row) => [row.fingerprint, row]));
}

/** Writes what became of a candidate; what is held is written nowhere. */
export async function writeFate(
  tx: Tx,
  {
    kind,
    candidate,
    known,
    fate,
    now,
  }: { kind: string; candidate: Candidate; known: KnownFinding | undefined; fate: Fate; now: Date },
): Promise<void> {
  const { severity, summary, evidence, figures, remedy, metric = null, weight, subject } = candidate;
  const measured = [
    severity,
    summary.slice(0, 2_000),
    JSON.stringify(evidence),
    JSON.stringify(figures),
    remedy,
    metric === null ? null : JSON.stringify(metric),
    weight,
  ];
  if (fate === 'new')
    await tx.query({
      name: 'findings-add',
      text: `INSERT INTO optimization_findings (kind, fingerprint, subject, severity, summary, evidence, figures, remedy, metric, weight,
                                                first_seen_at, last_seen_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)`,
      values: [kind, fingerprintOf(kind, candidate), subject, ...measured, now],
    });
  else if (known !== undefined && fate !== 'held')
    await tx.query({ name: `findings-${fate}`, text: updates[fate], values: [known.id, now, ...measured] });
}

const measuredAgain = `severity = $3, summary = $4, evidence = $5::jsonb, figures = $6::jsonb, remedy = $7, metric = $8::jsonb, weight = $9,
  last_seen_at = greatest(last_seen_at, $2), seen_count = seen_count + 1`;

const updates: Readonly<Record<'note' | 'wake' | 'reopen', string>> = {
  note: `UPDATE optimization_findings SET ${measuredAgain} WHERE id = $1`,
  wake: `UPDATE optimization_findings SET ${measuredAgain}, state = 'open', snoozed_until = NULL WHERE id = $1`,
  reopen: `UPDATE optimization_findings
              SET ${measuredAgain}, state = 'open', reopened = reopened + 1, decided_at = NULL, snoozed_until = NULL, gone_at = NULL
            WHERE id = $1`,
};

/** Closes what waits for the owner and was not seen in a look; resolves to how many. */
export async function closeGone(
  tx: Tx,
  { kind, seen, now }: { kind: string; seen: readonly string[]; now: Date },
): Promise<number> {
  const { rowCount } = await tx.query({
    name: 'findings-gone',
    text: `UPDATE optimization_findings SET state = 'gone', gone_at = $3, snoozed_until = NULL
            WHERE kind = $1 AND state IN ('open', 'snoozed') AND fingerprint <> ALL ($2::text[])`,
    values: [kind, seen, now],
  });
  return rowCount ?? 0;
}

/** Keeps how a detector's look went; `problem` where it could not look. */
export async function keepLook(
  tx: Tx,
  {
    kind,
    now,
    tookMs,
    problem,
    held,
  }: { kind: string; now: Date; tookMs: number; problem: string | null; held: number },
): Promise<void> {
  await tx.query({
    name: 'findings-keep-look',
    text: `INSERT INTO finding_detectors AS detector (kind, looked_at, took_ms, problem, held)
           VALUES ($1, CASE WHEN $4::text IS NULL THEN $2::timestamptz END, $3, $4, $5)
           ON CONFLICT ON CONSTRAINT finding_detectors_pkey DO UPDATE
             SET looked_at = coalesce(excluded.looked_at, detector.looked_at), took_ms = excluded.took_ms,
                 problem = excluded.problem, held = excluded.held`,
    values: [kind, now, tookMs, problem, held],
  });
}

/** A detector as the last looks left it. */
export interface DetectorRow extends DetectorMemory {
  kind: string;
  tookMs: number | null;
  problem: string | null;
  /** What it measured in the last look and kept to itself, since it rests. */
  held: number;
}

/** All detectors that have looked or were decided about. */
export async function listDetectorRows(store: Tx): Promise<DetectorRow[]> {
  const { rows } = await store.query<DetectorRow>({
    name: 'findings-detectors',
    text: `SELECT kind, dismissals, dismissed_weight AS "dismissedWeight", looked_at AS "lookedAt", took_ms AS "tookMs", problem, held
             FROM finding_detectors ORDER BY kind`,
  });
  return rows;
}
