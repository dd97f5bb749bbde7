import { detector, seen } from '../detector.ts';
import { count, inBrief } from '../words.ts';

interface Unfinished {
  id: number;
  name: string;
  enabled: boolean;
  runs: number;
  lastSuccessAt: Date | null;
  newest: { id: number; state: string; reason: string | null; taskId: number | null }[];
}

/** Goals whose runs never come to an end that counts. */
export const unfinishedGoal = detector({
  kind: 'unfinished_goal',
  says: 'a goal whose runs fail, are called off or run out of time one after the other',
  over: 'state',
  thresholds: { runs: { value: 3, says: 'runs in a row, up to the newest, of which none was done' } },
  async detect({ store, period }, at) {
    const { rows } = await store.query<Unfinished>({
      name: 'findings-goals',
      text: `SELECT goal.id, goal.name, goal.enabled, goal.last_success_at AS "lastSuccessAt", fires.runs, fires.newest
               FROM goals AS goal
              CROSS JOIN LATERAL (
                SELECT count(*)::int AS runs,
                       to_jsonb((array_agg(jsonb_build_object('id', fire.id, 'state', fire.state, 'reason', left(coalesce(fire.reason, run.reason), 200),
                                   'taskId', run.task_id) ORDER BY fire.nominal_at DESC))[1:5]) AS newest,
                       max(fire.ended_at) AS last_at
                  FROM job_fires AS fire LEFT JOIN goal_runs AS run ON run.fire_id = fire.id
                 WHERE fire.job_id = 'goal:' || goal.id AND fire.state IN ('failed', 'cancelled')
                   AND fire.nominal_at > coalesce((SELECT max(nominal_at) FROM job_fires AS good
                                                    WHERE good.job_id = fire.job_id AND good.state = 'done'), '-infinity')) AS fires
              -- A goal that has been off for long is no news any more.
              WHERE goal.removed_at IS NULL AND fires.runs >= $1 AND (goal.enabled OR fires.last_at >= $2)`,
      values: [at.runs, period.from],
    });
    return rows.map(({ id, name, enabled, runs, lastSuccessAt, newest }) => ({
      subject: name,
      severity: runs >= 3 * at.runs || !enabled ? 'critical' : 'warning',
      summary: `The goal “${name}” was not done in ${count(runs, 'run')} in a row${
        lastSuccessAt === null ? '; it never was' : ''
      }${enabled ? '' : '; it is paused'}`,
      evidence: [
        seen('goal', id, name),
        ...newest.map((fire) => seen('fire', fire.id, `${fire.state}: ${inBrief(fire.reason ?? '', 160)}`)),
        ...newest
          .flatMap(({ taskId }) => (taskId === null ? [] : [seen('task', taskId, 'its task')]))
          .slice(0, 2),
      ],
      figures: [{ name: 'runs in a row', value: runs, unit: 'count' }],
      remedy:
        'Read why its runs ended so with `ninjad goals`. Give it more time or a smaller aim, correct its done-check, or remove it.',
      weight: runs,
      metric: { metric: `goal.failureRate:${name}`, today: 1, goal: 0.2 },
    }));
  },
});
