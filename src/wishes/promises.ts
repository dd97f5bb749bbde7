import { metricNamed, reaches } from '../metrics/catalogue.ts';
import { measure } from '../metrics/measure.ts';
import type { Tx } from '../lib/store/store.ts';
import { DAY } from '../lib/time.ts';
import { moveWish } from './move.ts';
import type { Expected, Promised } from './rows.ts';

/** A promise that was looked at. */
export interface PromiseVerdict {
  wish: number;
  title: string;
  promise: Promised;
  /** In words, with the figures. */
  verdict: string;
}

interface AppliedWish {
  id: number;
  title: string;
  state: 'applied' | 'kept' | 'unkept';
  expected: Expected;
  appliedAt: Date;
}

/** A promise is looked at so long; then its last verdict holds. */
const longestMs = 28 * DAY;
/** The clock of the scheduler is not that of the application: a period that is short by this is whole. */
const slackMs = DAY / 2;

/**
 * Measures the promises of applied wishes: the metric since the application beside as long a time before it, longest 28 days.
 * Before `leastMs` have passed the figures are written and nothing is decided.
 */
export async function measurePromises(
  tx: Tx,
  { now, leastMs }: { now: Date; leastMs: number },
): Promise<PromiseVerdict[]> {
  const { rows } = await tx.query<AppliedWish>({
    name: 'wishes-promised',
    text: `SELECT id, title, state, expected, applied_at AS "appliedAt" FROM wishlist
            WHERE state IN ('applied', 'kept', 'unkept') AND expected IS NOT NULL AND applied_at < $1
              AND (state = 'applied' OR applied_at > $2) ORDER BY id LIMIT 200`,
    values: [now, new Date(now.getTime() - longestMs - slackMs)],
  });
  const verdicts: PromiseVerdict[] = [];
  for (const wish of rows) verdicts.push(await measureOne(tx, wish, { now, leastMs }));
  return verdicts;
}

async function measureOne(
  tx: Tx,
  { id, title, state, expected, appliedAt }: AppliedWish,
  { now, leastMs }: { now: Date; leastMs: number },
): Promise<PromiseVerdict> {
  const { metric, goal } = expected;
  const sinceMs = now.getTime() - appliedAt.getTime();
  const lengthMs = Math.min(sinceMs, longestMs);
  const [from, to] = [new Date(appliedAt.getTime() - lengthMs), new Date(appliedAt.getTime() + lengthMs)];
  const before = (await measure(tx, metric, { from, to: appliedAt }))?.value ?? null;
  const after = (await measure(tx, metric, { from: appliedAt, to }))?.value ?? null;
  const terms = metricNamed(metric);
  const isEarly = sinceMs < leastMs - slackMs;
  const kept = isEarly || after === null || terms === undefined ? null : reaches(terms, after, goal);
  const promise = { metric, before, after, goal, from: from.toISOString(), until: to.toISOString(), kept };
  await tx.query({
    name: 'wishes-write-promise',
    text: 'UPDATE wishlist SET promise = $2 WHERE id = $1',
    values: [id, JSON.stringify(promise)],
  });
  const figures = `${metric} went from ${before ?? 'nothing to measure'} to ${after ?? 'nothing to measure'}, and ${goal} was the goal`;
  const wanted = kept === null ? undefined : kept ? 'kept' : 'unkept';
  if (wanted !== undefined && wanted !== state)
    await moveWish(tx, {
      ...{ id, by: 'retrospective', reason: figures, now },
      move: wanted === 'kept' ? 'keep' : 'break',
    });
  const said =
    kept === null
      ? isEarly
        ? 'it is too early to say'
        : 'nothing can be measured yet'
      : kept
        ? 'kept'
        : 'not kept';
  return { wish: id, title, promise, verdict: `${said}: ${figures}` };
}
