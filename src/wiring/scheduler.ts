import { fromCallback } from 'xstate';
import { createLookAtJobs } from '../../actors/scheduler/look-at-jobs.ts';
import { createBeginFire, createRecordFire, createRunFire } from '../../actors/scheduler/run-fire.ts';
import { createTick } from '../../actors/scheduler/tick.ts';
import { fireMachine } from '../../machines/fire/machine.ts';
import { schedulerMachine } from '../../machines/scheduler/machine.ts';
import type { SchedulerFact } from '../../machines/scheduler/protocol.ts';
import { UnavailableError } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../lib/store/store.ts';
import type { DaemonBus } from '../bus.ts';
import type { JobKind } from '../schedule/job.ts';
import type { Schedule } from '../schedule/schedule.ts';

/** What the scheduler is made of. */
export interface SchedulerServices {
  database: { store: Store; input: { kind: 'embedded' | 'server' } };
  bus: DaemonBus;
  journal: { uuid: string };
  schedule: Schedule;
  log: Pick<Logger, 'warn' | 'error'>;
}

/** What runs by the clock. */
export function schedulerLogic(
  { database, bus, journal, schedule, log }: SchedulerServices,
  kinds: readonly JobKind[],
  { now = () => new Date(), longestRestMs }: { now?: () => Date; longestRestMs?: number } = {},
) {
  const deps = {
    store: database.store,
    bus,
    schedule,
    kinds,
    worker: journal.uuid,
    isShared: database.input.kind === 'server',
    report: (problem: string, error?: unknown) =>
      log.warn(error === undefined ? {} : { err: error }, problem),
    now,
    ...(longestRestMs !== undefined && { longestRestMs }),
  };
  return schedulerMachine.provide({
    actors: {
      lookAtJobs: createLookAtJobs(deps),
      tick: createTick(deps),
      fire: fireMachine.provide({
        actors: {
          begin: createBeginFire(deps),
          run: createRunFire(kinds),
          record: createRecordFire(deps),
        },
        actions: {
          reportFailure: (_, { error }) => log.error({ err: error }, 'a fire could not be written down'),
        },
      }),
      listen: fromCallback<SchedulerFact>(({ sendBack }) => {
        const tellMachine = (fact: SchedulerFact): void => sendBack(fact);
        const stops = [
          bus.on('jobs.changed', ({ kind }) => tellMachine({ type: 'schedule.changed', kind })),
          schedule.requests.onRequest(() => tellMachine({ type: 'schedule.wake' })),
        ];
        return () => stops.forEach((stop) => stop());
      }),
    },
    actions: {
      reportProblem: (_, { during, error }) => log.error({ err: error }, `scheduler: ${during} failed`),
      release(_, { id, end }) {
        schedule.line.end(id);
        if (end !== undefined) schedule.counts[end.state] += 1;
        schedule.requests.end(id, end ?? { state: 'cancelled', reason: 'it goes on elsewhere, or gave way' });
      },
      refuseRequests: (_, { error }) => schedule.requests.rejectAll(error),
      closeRequests: () => schedule.requests.rejectAll(new UnavailableError('the daemon stops')),
    },
  });
}
