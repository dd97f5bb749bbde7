import { detector, type Candidate, seen, type Scene } from '../detector.ts';
import { count, dollars } from '../words.ts';

type At = Readonly<Record<'factor' | 'taskUsd' | 'dayFactor' | 'dayUsd' | 'tasks', number>>;

/** Tasks that cost much more than others of their category, and categories that cost much more than before. */
export const costOutlier = detector({
  kind: 'cost_outlier',
  says: 'a task that costs many times what others of its category do, or a category that costs many times what it used to',
  over: 'period',
  thresholds: {
    factor: { value: 5, says: 'times the median of the category' },
    taskUsd: { value: 0.5, says: 'US dollars that a task costs more than the median' },
    dayFactor: { value: 3, says: 'times what the category cost a day in the four weeks before' },
    dayUsd: { value: 1, says: 'US dollars a day more than before' },
    tasks: { value: 5, says: 'tasks with costs to compare with' },
  },
  detect: async (scene, at) => [...(await dearTasks(scene, at)), ...(await dearerCategories(scene, at))],
});

async function dearTasks({ store, period, before }: Scene, at: At): Promise<Candidate[]> {
  const { rows } = await store.query<{
    category: string;
    median: number;
    number: number;
    sum: number;
    dear: { id: number; usd: number }[];
  }>({
    name: 'findings-dear-tasks',
    text: `WITH costs AS (
             SELECT task_id, category, max(at) AS at, sum(cost_usd)::float8 AS usd FROM task_costs
              WHERE at >= $3 AND at < $2 GROUP BY task_id, category),
           medians AS (
             SELECT category, percentile_cont(0.5) WITHIN GROUP (ORDER BY usd) AS median
               FROM costs GROUP BY category HAVING count(*) >= $6)
           SELECT category, median, count(*)::int AS number, sum(usd) AS sum,
                  to_jsonb((array_agg(jsonb_build_object('id', task_id, 'usd', usd) ORDER BY usd DESC))[1:5]) AS dear
             FROM costs JOIN medians USING (category)
            WHERE costs.at >= $1 AND usd >= median * $4::float8 AND usd >= median + $5::float8 GROUP BY category, median`,
    values: [period.from, period.to, before.from, at.factor, at.taskUsd, at.tasks],
  });
  return rows.map(({ category, median, number, sum, dear }) => {
    const [first] = dear;
    return {
      subject: `${category}: tasks`,
      severity: 'warning',
      summary: `${count(number, 'task')} of the category “${category}” cost ${dollars(sum)} together, where half of its tasks cost ${dollars(median)} at most`,
      evidence: [
        ...dear.map(({ id, usd }) => seen('task', id, `cost ${dollars(usd)}`)),
        seen('category', category, `median ${dollars(median)}`),
      ],
      figures: [
        { name: 'dearest', value: first?.usd ?? 0, unit: 'usd', usual: median },
        { name: 'dear tasks', value: number, unit: 'count' },
        { name: 'together', value: sum, unit: 'usd' },
      ],
      remedy:
        'Look at the transcripts for what was read again and again. A budget in the rule or goal that makes these tasks, or a smaller model for the category, keeps it in bounds.',
      weight: sum,
      metric: { metric: `spend.usdPerTask:${category}`, today: sum / number, goal: median },
    };
  });
}

async function dearerCategories({ store, period, before }: Scene, at: At): Promise<Candidate[]> {
  const { rows } = await store.query<{
    category: string;
    now: number;
    usual: number;
    dearest: { id: number; usd: number }[];
  }>({
    name: 'findings-dearer-categories',
    text: `WITH costs AS (
             SELECT task_id, category, sum(cost_usd) FILTER (WHERE at >= $1)::float8 AS now,
                    sum(cost_usd) FILTER (WHERE at < $4)::float8 AS usual
               FROM task_costs WHERE (at >= $1 AND at < $2) OR (at >= $3 AND at < $4) GROUP BY task_id, category)
           SELECT category, sum(now) / $5::float8 AS now, sum(usual) / $6::float8 AS usual,
                  to_jsonb((array_agg(jsonb_build_object('id', task_id, 'usd', now) ORDER BY now DESC) FILTER (WHERE now > 0))[1:5]) AS dearest
             FROM costs GROUP BY category HAVING count(*) FILTER (WHERE usual IS NOT NULL) >= $7 AND sum(now) > 0`,
    values: [period.from, period.to, before.from, before.to, daysOf(period), daysOf(before), at.tasks],
  });
  return rows
    .filter(({ now, usual }) => now >= at.dayFactor * usual && now >= usual + at.dayUsd)
    .map(({ category, now, usual, dearest }) => ({
      subject: category,
      severity: 'warning',
      summary: `The category “${category}” costs ${dollars(now)} a day, ${dollars(usual)} in the weeks before`,
      evidence: [
        seen('category', category, `${dollars(now)} a day`),
        ...dearest.map(({ id, usd }) => seen('task', id, `cost ${dollars(usd)}`)),
      ],
      figures: [{ name: 'a day', value: now, unit: 'usd a day', usual }],
      remedy:
        'See whether there are more tasks or dearer ones: a rule can throttle the first, a budget or another model the second.',
      weight: now * daysOf(period),
      metric: { metric: `spend.usdPerDay:${category}`, today: now, goal: usual * 1.5 },
    }));
}

function daysOf({ from, to }: { from: Date; to: Date }): number {
  return Math.max(1 / 24, (to.getTime() - from.getTime()) / 86_400_000);
}
