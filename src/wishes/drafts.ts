import type { Draft, DraftOutcome } from '../drafter/draft.ts';
import { storable, storableText } from '../lib/store/storable.ts';
import type { Tx } from '../lib/store/store.ts';
import { DAY } from '../lib/time.ts';

/** One version of a wish's draft as lists show it. */
export interface DraftVersion {
  version: number;
  state: 'drafting' | 'drafted' | 'blocked' | 'failed';
  startedBy: string;
  base: string | null;
  summary: string | null;
  reason: string | null;
  additions: number;
  deletions: number;
  costUsd: number;
  taskId: number | null;
  startedAt: Date;
  endedAt: Date | null;
}

/** A version with all that came of it. */
export interface DraftPage extends DraftVersion {
  repository: string | null;
  /** A unified diff; null where there is none. */
  patch: string | null;
  files: Draft['files'];
  tests: Partial<Draft['tests']>;
  flags: string[];
}

const listed = `version, state, started_by AS "startedBy", base, summary, reason, additions, deletions, cost_usd::float8 AS "costUsd",
  task_id AS "taskId", started_at AS "startedAt", ended_at AS "endedAt"`;

/** The versions of a wish, the newest first. */
export async function versionsOf(store: Tx, wishId: number): Promise<DraftVersion[]> {
  const { rows } = await store.query<DraftVersion>({
    name: 'wish-drafts-of',
    text: `SELECT ${listed} FROM wish_drafts WHERE wish_id = $1 ORDER BY version DESC LIMIT 100`,
    values: [wishId],
  });
  return rows;
}

/** One version; the newest that is whole where none is named, and the newest of all where none is. */
export async function findDraft(store: Tx, wishId: number, version?: number): Promise<DraftPage | undefined> {
  const { rows } = await store.query<DraftPage>({
    name: 'wish-drafts-find',
    text: `SELECT ${listed}, repository, patch, files, tests, flags FROM wish_drafts
            WHERE wish_id = $1 AND ($2::int IS NULL OR version = $2)
            ORDER BY state = 'drafted' DESC, version DESC LIMIT 1`,
    values: [wishId, version ?? null],
  });
  return rows[0];
}

/** Begins a version; in the transaction that moves its wish to `drafting`. */
export async function beginVersion(
  tx: Tx,
  {
    wishId,
    version,
    worker,
    by,
    now,
  }: { wishId: number; version: number; worker: string; by: string; now: Date },
): Promise<void> {
  await tx.query({
    name: 'wish-drafts-begin',
    text: `INSERT INTO wish_drafts (wish_id, version, state, worker, started_by, started_at) VALUES ($1, $2, 'drafting', $3, $4, $5)`,
    values: [wishId, version, worker, by, now],
  });
}

/** Writes down how a version ended, once: an ended one is never rewritten. Resolves to whether it was still open. */
export async function endVersion(
  tx: Tx,
  { wishId, version, outcome, now }: { wishId: number; version: number; outcome: DraftOutcome; now: Date },
): Promise<boolean> {
  const draft = partOf(outcome);
  const { rowCount } = await tx.query({
    name: 'wish-drafts-end',
    text: `UPDATE wish_drafts SET state = $3, repository = $4, base = $5, patch = $6, summary = $7, files = $8, additions = $9,
                  deletions = $10, tests = $11, flags = $12, cost_usd = $13, task_id = $14, reason = $15, ended_at = $16
            WHERE wish_id = $1 AND version = $2 AND state = 'drafting'`,
    values: [
      wishId,
      version,
      outcome.kind,
      textOf(draft.repository),
      textOf(draft.base),
      textOf(draft.patch),
      textOf(draft.summary),
      jsonOf(draft.files ?? []),
      draft.additions ?? 0,
      draft.deletions ?? 0,
      jsonOf(draft.tests ?? {}),
      jsonOf(draft.flags ?? []),
      Math.max(0, draft.costUsd ?? 0),
      draft.taskId ?? null,
      outcome.kind === 'drafted' ? null : storableText(outcome.reason),
      now,
    ],
  });
  return rowCount === 1;
}

function partOf(outcome: DraftOutcome): Partial<Draft> {
  if (outcome.kind === 'drafted') return outcome.draft;
  return outcome.kind === 'failed' ? (outcome.partial ?? {}) : {};
}

function textOf(text: string | undefined): string | null {
  return text === undefined ? null : storableText(text);
}

function jsonOf(value: unknown): string {
  return JSON.stringify(storable(value));
}

/** What drafts have cost that were started since then, in US dollars. */
export async function draftCostSince(store: Tx, since: Date): Promise<number> {
  const { rows } = await store.query<{ costUsd: number }>({
    name: 'wish-drafts-cost',
    text: `SELECT coalesce(sum(cost_usd), 0)::float8 AS "costUsd" FROM wish_drafts WHERE started_at >= $1 AND started_by = 'night'`,
    values: [since],
  });
  return rows[0]?.costUsd ?? 0;
}

const abandonedMs = DAY;

/** Drafts that nobody makes any more: a former life of this daemon has left them open, or another daemon a day ago. */
export async function leftDrafts(
  store: Tx,
  { worker, now }: { worker: string; now: Date },
): Promise<{ wishId: number; version: number }[]> {
  const { rows } = await store.query<{ wishId: number; version: number }>({
    name: 'wish-drafts-left',
    text: `SELECT wish_id AS "wishId", version FROM wish_drafts WHERE state = 'drafting' AND (worker = $1 OR started_at < $2)`,
    values: [worker, new Date(now.getTime() - abandonedMs)],
  });
  return rows;
}

/** What the reason of a version begins with that ended with the daemon. */
export const cutOff = 'the daemon ended meanwhile';

/** How many versions of a wish ended with the daemon since it was approved. */
export async function countCutOff(tx: Tx, wishId: number): Promise<number> {
  const { rows } = await tx.query<{ count: number }>({
    name: 'wish-drafts-cut-off',
    text: `SELECT count(*)::int AS count FROM wish_drafts JOIN wishlist ON wishlist.id = wish_id
            WHERE wish_id = $1 AND starts_with(wish_drafts.reason, $2) AND started_at >= coalesce(decided_at, started_at)`,
    values: [wishId, cutOff],
  });
  return rows[0]?.count ?? 0;
}

/** Approved wishes in the order of their approval. */
export async function approvedWishes(store: Tx, limit = 200): Promise<number[]> {
  const { rows } = await store.query<{ id: number }>({
    name: 'wishes-approved',
    text: `SELECT id FROM wishlist WHERE state = 'approved' ORDER BY decided_at, id LIMIT $1`,
    values: [limit],
  });
  return rows.map(({ id }) => id);
}
