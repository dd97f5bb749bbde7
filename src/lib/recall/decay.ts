import type { Candidate } from './candidate.ts';

const DAY = 24 * 60 * 60 * 1000;

/** Age at which what decay can take is half taken, in days. Facts and preferences hold until they are replaced. */
const halfLifeDays: Readonly<Record<string, number>> = {
  event: 60,
  note: 120,
  task: 120,
  task_result: 120,
  summary: 180,
};
const steadyHalfLifeDays = 720;
/** Decay orders what is about equally close; it never hides what is clearly closer. */
const mostTaken = 0.1;
const importanceSpan = 0.1;

/**
 * A factor of about 0.85–1.05 for a candidate's score: 1 for what was said just now, less with age by exponential decay with
 * the half-life of its kind; more for what is important (0.5 is neutral). What is pinned does not age.
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
  const freshness = 2 ** (-ageDays / (halfLifeDays[kind] ?? steadyHalfLifeDays));
  return (1 - mostTaken * (1 - freshness)) * (1 + importanceSpan * (importance - 0.5));
}
