import type { DraftRequest } from '../../drafter/draft.ts';
import type { Tx } from '../../lib/store/store.ts';
import { commentsOf } from '../comments.ts';
import { findDraft } from '../drafts.ts';
import type { Evidence } from '../evidence.ts';
import { learnedFrom } from '../learned.ts';
import type { Wish } from '../rows.ts';

/** What the draftsman is told, and the comments that the version answers. */
export interface PreparedRequest {
  request: DraftRequest;
  commentIds: number[];
}

/** Gathers what a version is drafted from: the wish, what is known of it, and the owner's comments on the one before. */
export async function prepareRequest(
  tx: Tx,
  wish: Wish,
  { budgetUsd }: { budgetUsd: number },
): Promise<PreparedRequest> {
  const open = (await commentsOf(tx, wish.id)).filter(({ answeredBy }) => answeredBy === null);
  const before = await findDraft(tx, wish.id);
  const previousPatch = before?.state === 'drafted' ? before.patch : null;
  return {
    commentIds: open.map(({ id }) => id),
    request: {
      wishId: wish.id,
      version: wish.version,
      title: wish.title,
      text: [wish.description, ...promiseLines(wish)].join('\n\n'),
      why: wish.why,
      evidence: wish.evidence.map(evidenceWords),
      comments: open.map(({ file, line, text }) => ({ file, line, text })),
      ...(previousPatch !== null && { previousPatch }),
      learned: await learnedFrom(tx),
      budgetUsd,
    },
  };
}

/** A reference in one line, such as `task 12: failed after 660 s`. */
export function evidenceWords({ kind, ref, note }: Evidence): string {
  return note === '' ? `${kind} ${ref}` : `${kind} ${ref}: ${note}`;
}

function promiseLines({ expected, measuredBy }: Wish): string[] {
  if (expected === null) return [];
  const { metric, today, goal } = expected;
  const promise = `Expected effect: ${metric} is ${today ?? 'not known'} today and is to reach ${goal}.`;
  return measuredBy === null ? [promise] : [`${promise} Measured by: ${measuredBy}`];
}
