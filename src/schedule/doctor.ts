import { type CheckResult, fail, ok, warn } from '../lib/doctor/check-result.ts';
import type { Checks, Subject } from '../lib/doctor/subject.ts';
import { spanWords } from './missed-because.ts';
import type { ScheduleStatus } from './status.ts';

type Asked = Pick<Subject<{ schedule: ScheduleStatus }>, 'daemon'>;

const lateMs = 60_000;

/** Checks of what runs by the clock. */
export const scheduleChecks: Checks<Asked> = { schedule: checkSchedule };

/** Whether the scheduler ticks, and starts in time what is due. */
export function checkSchedule({ daemon }: Asked): CheckResult {
  if (daemon.state !== 'running') return ok('nothing runs');
  const { jobs, broken, lastTickMsAgo, lateMs: late, stuck } = daemon.status.schedule;
  const found = `${jobs} ${jobs === 1 ? 'job' : 'jobs'}`;
  if (lastTickMsAgo === null)
    return warn(
      `${found}; it has not begun yet`,
      'a scheduler that ticks',
      'it begins when the database is there',
    );
  if (stuck)
    return fail(
      `${found}; it stands still since ${spanWords(lastTickMsAgo)}`,
      'a tick every 30 s at least',
      'the log says why; restart the daemon where it does not go on by itself',
    );
  if (late > lateMs)
    return warn(
      `${found}; the next fire is late by ${spanWords(late)}`,
      'fires in time',
      'the database may be away or slow: ninjad status',
    );
  if (broken > 0)
    return warn(
      `${found}, of which ${broken} cannot be read`,
      'schedules that can be read',
      'the dashboard says under Day which ones',
    );
  return ok(`${found}, last tick ${spanWords(lastTickMsAgo)} ago`);
}
