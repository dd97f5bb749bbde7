import type { Tx } from '../lib/store/store.ts';
import type { Promised } from './rows.ts';

const shown = 30;

/**
 * What was learned from wishes before, one sentence each, the newest first: promises that were kept or not, with their
 * figures, and why wishes and drafts were turned down. The next draft and the next retrospective are told.
 */
export async function learnedFrom(store: Tx): Promise<string[]> {
  const { rows } = await store.query<{
    id: number;
    title: string;
    state: string;
    reason: string | null;
    promise: Promised | null;
  }>({
    name: 'wishes-learned',
    text: `SELECT id, title, state, reason, promise FROM wishlist
            WHERE state IN ('kept', 'unkept', 'rejected', 'declined', 'failed')
            ORDER BY coalesce((promise->>'until')::timestamptz, decided_at, created_at) DESC, id DESC LIMIT ${shown}`,
  });
  return rows.map(sentenceOf);
}

interface Lesson {
  id: number;
  title: string;
  state: string;
  reason: string | null;
  promise: Promised | null;
}

function sentenceOf({ id, title, state, reason, promise }: Lesson): string {
  const wish = `wish ${id} (${oneLine(title)})`;
  if (promise !== null && (state === 'kept' || state === 'unkept')) {
    const { metric, before, after, goal } = promise;
    const verdict = state === 'kept' ? 'kept its promise' : 'did not keep its promise';
    return `${wish} ${verdict}: ${metric} went from ${before ?? 'nothing'} to ${after ?? 'nothing'}, and ${goal} was the goal`;
  }
  const why = reason === null ? 'no reason was given' : oneLine(reason);
  if (state === 'declined') return `the draft of ${wish} was declined: ${why}`;
  if (state === 'failed') return `drafting ${wish} failed: ${why}`;
  return `${wish} was rejected: ${why}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 400);
}
