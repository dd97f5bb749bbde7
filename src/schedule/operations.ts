import { z } from 'zod';
import { nothing } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import type { Store } from '../lib/store/store.ts';
import type { KnownJob } from './agenda.ts';
import { cronWords } from './cron-words.ts';
import { dayOf, plannedIn } from './day.ts';
import { type FireView, jobHistories, type JobHistory, listFires } from './rows/list-fires.ts';
import type { Schedule } from './schedule.ts';

/** Services that the operations of the scheduler use. */
export interface ScheduleNeeds {
  store: Store;
  schedule: Pick<Schedule, 'agenda'>;
  now: () => Date;
}

/** A job as people look at it. */
export interface JobView extends Omit<JobHistory, 'jobId' | 'last'> {
  id: string;
  kind: string;
  label: string;
  cron: string | null;
  /** The cron in words, where there are right ones. */
  words: string | null;
  zone: string | null;
  everyMs: number | null;
  at: Date | null;
  paused: boolean;
  /** Why it is never due: its schedule cannot be read. */
  problem: string | null;
  nextAt: Date | null;
  last: FireView | null;
}

/** All jobs that this daemon runs, those first that are due first; `total` counts those that were left out too. */
export interface JobList {
  jobs: JobView[];
  total: number;
}

/** A day of all jobs: what was, and what is still to come. */
export interface DayView {
  day: string;
  from: Date;
  until: Date;
  fires: FireView[];
  /** There were more fires than are shown. */
  hasMore: boolean;
  planned: { jobId: string; at: Date }[];
}

const shownJobs = 500;
const firesInput = z.strictObject({
  /** A day of the daemon's time zone; today where it is left out. */
  day: z.iso.date().optional(),
  job: z.string().min(1).max(300).optional(),
  limit: z.coerce.number().int().min(1).max(5000).default(2000),
});

/** Operations of what runs by the clock. */
export const scheduleOperations = {
  'jobs.list': operation('GET /jobs', nothing, listJobs),
  'fires.list': operation(
    'GET /fires',
    firesInput,
    async ({ store, schedule, now }: ScheduleNeeds, { day: name, job, limit }): Promise<DayView> => {
      const { name: day, ...span } = dayOf(name, now());
      const fires = await listFires(store, { ...span, jobId: job, limit: limit + 1 });
      const planned = plannedIn(schedule.agenda, span).filter(
        ({ jobId }) => job === undefined || jobId === job,
      );
      return { day, ...span, fires: fires.slice(0, limit), hasMore: fires.length > limit, planned };
    },
  ),
};

async function listJobs({ store, schedule: { agenda } }: ScheduleNeeds): Promise<JobList> {
  const due = ({ problem, nextAt }: KnownJob): number =>
    problem === undefined ? (nextAt?.getTime() ?? Infinity) : -Infinity;
  const known = [...agenda.all()].sort((a, b) => due(a) - due(b) || a.job.label.localeCompare(b.job.label));
  const shown = known.slice(0, shownJobs);
  const histories = await jobHistories(
    store,
    shown.map(({ job }) => job.id),
  );
  const byId = new Map(histories.map((history) => [history.jobId, history]));
  return { jobs: shown.map((job) => viewOf(job, byId.get(job.job.id))), total: known.length };
}

function viewOf({ job, kind, nextAt, problem }: KnownJob, history: JobHistory | undefined): JobView {
  const { schedule } = job;
  return {
    id: job.id,
    kind: kind.name,
    label: job.label,
    cron: schedule.kind === 'cron' ? schedule.cron : null,
    words: schedule.kind === 'cron' ? cronWords(schedule.cron) : null,
    zone: schedule.kind === 'cron' ? schedule.zone : null,
    everyMs: schedule.kind === 'every' ? schedule.everyMs : null,
    at: schedule.kind === 'at' && !Number.isNaN(schedule.at.getTime()) ? schedule.at : null,
    paused: job.paused,
    problem: problem ?? null,
    nextAt: nextAt ?? null,
    last: history?.last ?? null,
    lastDoneAt: history?.lastDoneAt ?? null,
    durationsMs: history?.durationsMs ?? [],
  };
}
