import type { Draft, DraftOutcome, DraftRequest, Draftsman } from '../../src/drafter/draft.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { findWish, type NewWish, proposeWish, type Wish } from '../../src/wishes/rows.ts';
import { trailOf } from '../../src/wishes/trail.ts';
import { moveWish } from '../../src/wishes/move.ts';

export const wishTables = ['wishlist', 'retrospectives', 'activity_log', 'owner_notices'] as const;
export const start = new Date('2026-11-28T03:45:00Z');

const passed = {
  ran: true,
  passed: true,
  command: 'npm test',
  exitCode: 0,
  output: 'all well',
  durationMs: 1,
};

/** A draft that is whole. */
export function draftOf(changes: Partial<Draft> = {}): Draft {
  return {
    repository: '/srv/repository',
    base: '4585e9b0c1d2e3f405162738495a6b7c8d9e0f11',
    patch: 'diff --git a/a.ts b/a.ts\n--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-a\n+b\n',
    summary: 'says b',
    files: [{ path: 'a.ts', additions: 1, deletions: 1, flags: [] }],
    additions: 1,
    deletions: 1,
    tests: { base: passed, draft: passed, own: passed },
    flags: [],
    costUsd: 0.4,
    taskId: null,
    startedAt: start,
    endedAt: start,
    ...changes,
  };
}

export const drafted = (changes: Partial<Draft> = {}): DraftOutcome => ({
  kind: 'drafted',
  draft: draftOf(changes),
});

/** A draftsman that answers with what it is given for each request, and keeps the requests. */
export function fakeDraftsman(
  answer: (request: DraftRequest, signal: AbortSignal) => DraftOutcome | Promise<DraftOutcome> = () =>
    drafted(),
) {
  const requests: DraftRequest[] = [];
  let running = 0;
  const seen = { most: 0 };
  const draftsman: Pick<Draftsman, 'draft'> = {
    async draft(request, signal) {
      requests.push(request);
      running += 1;
      seen.most = Math.max(seen.most, running);
      try {
        return await answer(request, signal);
      } finally {
        running -= 1;
      }
    },
  };
  return { draftsman, requests, seen };
}

/** Proposes a wish, and approves it where it is to be. */
export async function aWish(
  store: Store,
  title: string,
  { approve = true, ...changes }: Partial<NewWish> & { approve?: boolean } = {},
): Promise<Wish> {
  const now = changes.now ?? start;
  const wish = await store.transaction((tx) =>
    proposeWish(tx, {
      title,
      description: `${title}, since …`,
      origin: 'owner',
      approved: false,
      now,
      ...changes,
    }),
  );
  if (wish === undefined) throw new Error(`${title} is open already`);
  return approve
    ? store.transaction((tx) => moveWish(tx, { id: wish.id, move: 'approve', by: 'cli', now }))
    : wish;
}

export async function stateOf(store: Store, id: number): Promise<string | undefined> {
  return (await findWish(store, id))?.state;
}

/** The trail in short: `cli: proposed → approved`. */
export async function shortTrail(store: Store, id: number): Promise<string[]> {
  return (await trailOf(store, id)).map(({ by, from, to }) => `${by}: ${from ?? ''} → ${to}`);
}
