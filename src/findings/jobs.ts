import type { LiveSettings } from '../lib/config/live-settings.ts';
import { zoneName } from '../lib/local-time.ts';
import { DAY, MINUTE } from '../lib/time.ts';
import type { JobKind } from '../schedule/job.ts';
import type { LookReport } from './look.ts';
import type { Lookout } from './lookout.ts';
import type { FindingValues } from './settings.ts';

/** Name of the kind of jobs that the nightly look is; its one job has the same id. */
export const findingsKind = 'findings';

export interface FindingsJobDeps {
  lookout: Lookout;
  settings: Pick<LiveSettings<FindingValues>, 'get'>;
}

/** The nightly look as a job of the scheduler: one over all daemons of a database, made up for within a day. */
export function createFindingsKind({ lookout, settings }: FindingsJobDeps): JobKind {
  return {
    name: findingsKind,
    concurrency: 1,
    list: () => {
      const [hour = '3', minute = '15'] = settings.get('findings.at').split(':');
      return Promise.resolve([
        {
          id: findingsKind,
          label: 'look for findings',
          schedule: { kind: 'cron', cron: `${Number(minute)} ${Number(hour)} * * *`, zone: zoneName() },
          paused: false,
          missed: 'once',
          missedWindowMs: DAY,
          missedCap: 1,
          overlap: 'skip',
          jitterMs: 0,
          timeoutMs: 30 * MINUTE,
        },
      ]);
    },
    async run(_, signal) {
      const report = await lookout.look(signal);
      const failed = report.detectors.filter(({ problem }) => problem !== null);
      if (failed.length === 0) return { state: 'done' };
      return { state: 'failed', reason: failureOf(failed) };
    },
  };
}

function failureOf(failed: LookReport['detectors']): string {
  return failed
    .map(({ kind, problem }) => `${kind} could not look: ${problem ?? ''}`)
    .join('; ')
    .slice(0, 500);
}
