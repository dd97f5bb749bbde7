import type { Candidate } from './candidate.ts';
import { DAY } from '../../lib/time.ts';
import { ownValue } from '../../lib/own-value.ts';

/**
 * Age at which decay has taken half of what it can take, in days. Facts and preferences hold until they are replaced.
 */
const halfLifeDays: Readonly<Record<string, number>> = {
  event: 60,
  note: 120,
  task: 120,
  task_result: 120,
  summary: 180,
};
const steadyHalfLifeDays = 720;
/** Decay orders memories that are about equally close; it never hides a clearly closer one. */
const mostTaken = 0.1;
const importanceSpan = 0.1;

/**
 * A factor of about 0.85–1.05 for a candidate's score: 1 for one that was said just now, less with age by exponential
 * decay with the half-life of its kind; more for an important one (0.5 is neutral). A pinned one does not age.
 */
export function decayFactor(
  {
    kind,
    importance,
    pinned,
    createdAt,
    lastSeenAt,
  }: Pick<Candidate, 'kind' | 'importance' | 'pinned' | 'createdAt' | 'lastSeenAt'>,
  now: Date,
): number {
  const last = Math.max(createdAt.getTime(), lastSeenAt.getTime());
  const ageDays = pinned ? 0 : Math.max(0, now.getTime() - last) / DAY;
  const freshness = 2 ** (-ageDays / (ownValue(halfLifeDays, kind) ?? steadyHalfLifeDays));
  return (1 - mostTaken * (1 - freshness)) * (1 + importanceSpan * (importance - 0.5));
}
