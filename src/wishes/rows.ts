import type { TestOutcome } from '../drafter/draft.ts';
import type { Tx } from '../lib/store/store.ts';
import type { Evidence } from './evidence.ts';
import { endedStates, type WishState } from './states.ts';
import { recordMove } from './trail.ts';

/** Who has had a wish. */
export type WishOrigin = 'owner' | 'agent' | 'retrospective' | 'finding';

/** The effect that a wish promises, as a metric (see `src/figures`) with the value of the day and the one to be reached. */
export interface Expected {
  metric: string;
  today: number | null;
  goal: number;
}

/** What the metric said after the wish was applied, over as long before it as since. */
export interface Promised {
  metric: string;
  before: number | null;
  after: number | null;
  goal: number;
  /** The application lies between `from` and `until`, in the middle. */
  from: string;
  until: string;
  /** Null while it is too early, or there is nothing to measure. */
  kept: boolean | null;
}

/** The newest draft of a wish that is whole, without its patch. */
export interface WishDraft {
  version: number;
  repository: string | null;
  base: string;
  summary: string;
  files: { path: string; additions: number; deletions: number; flags: string[] }[];
  additions: number;
  deletions: number;
  tests: Partial<Record<'base' | 'draft' | 'own', TestOutcome>>;
  flags: string[];
  costUsd: number;
  taskId: number | null;
}

/** A wish as every face shows it. */
export interface Wish {
  id: number;
  title: string;
  description: string;
  why: string;
  origin: WishOrigin;
  state: WishState;
  /** Why it is in this state, in the words of whoever moved it. */
  reason: string | null;
  /** What the owner has to do before a blocked wish can be drafted. */
  fix: string | null;
  evidence: Evidence[];
  expected: Expected | null;
  measuredBy: string | null;
  effort: string | null;
  risk: string | null;
  /** The number of its drafts, failed ones among them. */
  version: number;
  draft: WishDraft | null;
  /** Comments that no draft has answered yet. */
  openComments: number;
  branch: string | null;
  promise: Promised | null;
  findingId: number | null;
  taskId: number | null;
  createdAt: Date;
  decidedAt: Date | null;
  draftedAt: Date | null;
  appliedAt: Date | null;
}

const draftOf = `(SELECT jsonb_build_object('version', draft.version, 'repository', repository, 'base', base, 'summary', summary,
    'files', files, 'additions', additions, 'deletions', deletions, 'tests', tests, 'flags', flags, 'costUsd', cost_usd::float8,
    'taskId', draft.task_id)
  FROM wish_drafts AS draft WHERE draft.wish_id = wishlist.id AND draft.state = 'drafted' ORDER BY draft.version DESC LIMIT 1)`;

/** The columns of a `Wish`. */
export const wishColumns = `id, title, description, coalesce(why, description) AS why, origin, state, reason, fix, evidence, expected,
  measured_by AS "measuredBy", effort, risk, version, ${draftOf} AS draft,
  (SELECT count(*)::int FROM wish_comments WHERE wish_id = wishlist.id AND answered_by IS NULL) AS "openComments", branch, promise,
  finding_id AS "findingId", task_id AS "taskId", created_at AS "createdAt", decided_at AS "decidedAt",
  drafted_at AS "draftedAt", applied_at AS "appliedAt"`;

const listedOutputChars = 500;

/** The newest wishes, or the newest in one state; of what tests printed only the end. */
export async function listWishes(
  store: Tx,
  { state, before, limit }: { state?: string | undefined; before?: number | undefined; limit: number },
): Promise<Wish[]> {
  const { rows } = await store.query<Wish>({
    name: 'wishes-list',
    text: `SELECT ${wishColumns} FROM wishlist WHERE ($1::text IS NULL OR state = $1) AND ($2::bigint IS NULL OR id < $2)
            ORDER BY id DESC LIMIT $3`,
    values: [state ?? null, before ?? null, limit],
  });
  return rows.map(withoutOutputs);
}

function withoutOutputs(wish: Wish): Wish {
  if (wish.draft === null) return wish;
  const tests = Object.fromEntries(
    Object.entries(wish.draft.tests).map(([name, outcome]) => [
      name,
      { ...outcome, output: outcome.output.slice(-listedOutputChars) },
    ]),
  );
  return { ...wish, draft: { ...wish.draft, tests } };
}

/** One wish, or undefined. */
export async function findWish(store: Tx, id: number): Promise<Wish | undefined> {
  const { rows } = await store.query<Wish>({
    name: 'wishes-find',
    text: `SELECT ${wishColumns} FROM wishlist WHERE id = $1`,
    values: [id],
  });
  return rows[0];
}

const overSql = endedStates.map((state) => `'${state}'`).join(', ');

/** A wish to be proposed. */
export interface NewWish {
  title: string;
  description: string;
  origin: WishOrigin;
  why?: string | undefined;
  evidence?: readonly Evidence[] | undefined;
  expected?: Expected | undefined;
  measuredBy?: string | undefined;
  effort?: string | undefined;
  risk?: string | undefined;
  findingId?: number | undefined;
  taskId?: number | undefined;
  /** The owner's own word, or their acceptance of a finding, needs no second one. */
  approved: boolean;
  /** The face by which the owner proposes it, for its trail; its origin where it is left out. */
  by?: string | undefined;
  /** Names the event by which it was said. */
  saidKey?: string | undefined;
  now: Date;
}

/** The key of a title: another case, mark or space makes no other wish. */
export function titleKey(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Proposes a wish; undefined where one of the same title is open. */
export async function proposeWish(tx: Tx, wish: NewWish): Promise<Wish | undefined> {
  const { now } = wish;
  const { rows } = await tx.query<Wish>({
    name: 'wishes-propose',
    text: `INSERT INTO wishlist (title, description, fingerprint, origin, finding_id, task_id, state, created_at, decided_at, why,
                                 evidence, expected, measured_by, effort, risk, said_key)
           SELECT $1, $2, md5($3), $4, $5::bigint, $6::bigint, $7, $8::timestamptz, $9::timestamptz, $10, $11::jsonb, $12::jsonb, $13,
                  $14, $15, $16
            -- Looked for first: a conflict alone would take a number that no wish gets.
            WHERE NOT EXISTS (SELECT FROM wishlist WHERE fingerprint = md5($3) AND state NOT IN (${overSql}))
           ON CONFLICT (fingerprint) WHERE state NOT IN (${overSql})
           DO NOTHING RETURNING ${wishColumns}`,
    values: [
      wish.title,
      wish.description,
      titleKey(wish.title),
      wish.origin,
      wish.findingId ?? null,
      wish.taskId ?? null,
      wish.approved ? 'approved' : 'proposed',
      now,
      wish.approved ? now : null,
      wish.why ?? null,
      JSON.stringify(wish.evidence ?? []),
      wish.expected === undefined ? null : JSON.stringify(wish.expected),
      wish.measuredBy ?? null,
      wish.effort ?? null,
      wish.risk ?? null,
      wish.saidKey ?? null,
    ],
  });
  const [kept] = rows;
  if (kept === undefined) return undefined;
  const by = wish.by ?? wish.origin;
  await recordMove(tx, { wishId: kept.id, at: now, by, move: 'propose', from: null, to: 'proposed' });
  if (wish.approved)
    await recordMove(tx, {
      wishId: kept.id,
      at: now,
      by,
      move: 'approve',
      from: 'proposed',
      to: 'approved',
    });
  return kept;
}
