import { detector, seen } from '../detector.ts';
import { count, inBrief, percent } from '../words.ts';

interface Failing {
  category: string;
  ended: number;
  failed: number;
  /** The newest, with their reasons. */
  newest: { id: number; reason: string | null }[];
  /** The way in which most failed. */
  mostly: string | null;
}

const grave = 0.7;

/** Tasks of a category that fail often. */
export const failingCategory = detector({
  kind: 'failing_category',
  says: 'a category of which many tasks fail',
  over: 'period',
  thresholds: {
    share: { value: 0.3, says: 'of the tasks that ended' },
    failed: { value: 3, says: 'failed tasks' },
    ended: { value: 5, says: 'ended tasks' },
  },
  async detect({ store, period }, at) {
    const { rows } = await store.query<Failing>({
      name: 'findings-failing',
      text: `SELECT category, count(*)::int AS ended, count(*) FILTER (WHERE state <> 'done')::int AS failed,
                    mode() WITHIN GROUP (ORDER BY outcome) FILTER (WHERE state <> 'done') AS mostly,
                    to_jsonb((array_agg(jsonb_build_object('id', id, 'reason', left(reason, 200)) ORDER BY finished_at DESC)
                       FILTER (WHERE state <> 'done'))[1:5]) AS newest
               FROM tasks WHERE finished_at >= $1 AND finished_at < $2 AND state IN ('done', 'failed', 'dead')
              GROUP BY category HAVING count(*) >= $3 AND count(*) FILTER (WHERE state <> 'done') >= $4`,
      values: [period.from, period.to, at.ended, at.failed],
    });
    return rows
      .filter(({ failed, ended }) => failed / ended >= at.share)
      .map(({ category, ended, failed, newest, mostly }) => {
        const share = failed / ended;
        const how = mostly === null ? '' : `, most often “${mostly}”`;
        return {
          subject: category,
          severity: share >= grave ? 'critical' : 'warning',
          summary: `${failed} of ${count(ended, 'task')} of the category “${category}” failed (${percent(share)})${how}`,
          evidence: [
            seen('category', category, `${failed} of ${ended} failed`),
            ...newest.map(({ id, reason }) => seen('task', id, inBrief(reason ?? 'failed', 200))),
          ],
          figures: [
            { name: 'failed', value: failed, unit: 'count' },
            { name: 'ended', value: ended, unit: 'count' },
            { name: 'failure rate', value: share, unit: 'share' },
          ],
          remedy:
            'Read the reasons of these tasks. A time limit, permissions or a model of its own can be set for a category; a rule can answer or drop what needs no agent.',
          weight: failed,
          metric: { metric: `task.failureRate:${category}`, today: share, goal: at.share / 2 },
        };
      });
  },
});
