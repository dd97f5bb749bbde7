import { detector, seen } from '../detector.ts';
import { count } from '../words.ts';

interface Storm {
  category: string;
  retries: number;
  /** In the worst hour; as far as the activity log tells. */
  inAnHour: number;
  tasks: number;
  worst: { id: number; retries: number }[];
  /** The way in which most attempts failed. */
  mostly: string | null;
}

/** Tasks that are tried again and again. */
export const retryStorm = detector({
  kind: 'retry_storm',
  says: 'a category whose tasks are tried again and again',
  over: 'period',
  thresholds: {
    inAnHour: { value: 10, says: 'attempts within one hour after which tasks were queued again' },
    retries: { value: 20, says: 'such attempts over the whole time, of tasks with at least two each' },
  },
  async detect({ store, period }, at) {
    const { rows } = await store.query<Storm>({
      name: 'findings-retries',
      text: `WITH attempts AS (
               SELECT task.category, line.task_id, date_trunc('hour', line.at, 'UTC') AS hour, line.detail->>'outcome' AS outcome
                 FROM activity_log AS line JOIN tasks AS task ON task.id = line.task_id
                WHERE line.at >= $1 AND line.at < $2 AND line.action = 'task.requeued' AND line.detail->>'outcome' <> 'shutdown'),
             hours AS (SELECT category, count(*)::int AS retries FROM attempts GROUP BY category, hour),
             logged AS (SELECT task_id AS id, category, count(*)::int AS retries FROM attempts GROUP BY 1, 2),
             -- The log may have been pruned, or tell only of some: the rows know how often they were tried.
             counted AS (
               SELECT id, category, attempts - 1 AS retries FROM tasks
                WHERE attempts > 1 AND ((finished_at >= $1 AND finished_at < $2) OR (finished_at IS NULL AND queued_at >= $1 AND queued_at < $2))),
             retried AS (
               SELECT id, category, max(retries) AS retries FROM (SELECT * FROM logged UNION ALL SELECT * FROM counted) AS either
                GROUP BY id, category)
             SELECT category, sum(retries)::int AS retries,
                    coalesce((SELECT max(retries) FROM hours WHERE hours.category = retried.category), 0) AS "inAnHour",
                    (SELECT mode() WITHIN GROUP (ORDER BY outcome) FROM attempts WHERE attempts.category = retried.category) AS mostly,
                    count(*)::int AS tasks,
                    to_jsonb((array_agg(jsonb_build_object('id', id, 'retries', retries) ORDER BY retries DESC, id DESC))[1:5]) AS worst
               FROM retried GROUP BY category`,
      values: [period.from, period.to],
    });
    return rows
      .filter(
        ({ retries, inAnHour, tasks }) =>
          inAnHour >= at.inAnHour || (retries >= at.retries && retries >= 2 * tasks),
      )
      .map(({ category, retries, inAnHour, tasks, worst, mostly }) => ({
        subject: category,
        severity: inAnHour >= 3 * at.inAnHour ? 'critical' : 'warning',
        summary: `${count(tasks, 'task')} of the category “${category}” had to be tried again ${retries} times${mostly === null ? '' : `, most often after “${mostly}”`}`,
        evidence: [
          ...worst.map((task) => seen('task', task.id, `tried again ${task.retries} times`)),
          seen('category', category, `${retries} retries`),
        ],
        figures: [
          { name: 'retries', value: retries, unit: 'count' },
          { name: 'in the worst hour', value: inAnHour, unit: 'count' },
          { name: 'tasks', value: tasks, unit: 'count' },
        ],
        remedy:
          'What fails the same way each time should fail at once: see what the attempts ended with, and cancel what cannot succeed. Fewer attempts can be set with task.maxAttempts.',
        weight: retries,
        metric: { metric: `task.retriesPerDay:${category}`, today: retries / daysOf(period), goal: 1 },
      }));
  },
});

function daysOf({ from, to }: { from: Date; to: Date }): number {
  return Math.max(1, (to.getTime() - from.getTime()) / 86_400_000);
}
