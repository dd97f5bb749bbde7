import { createFindingsKind } from './findings/jobs.ts';
import { createGoalKind } from './goals/job-kind.ts';
import { goalRunDeps } from './goals/run-deps.ts';
import { createRetrospectiveKind } from './retrospective/job-kind.ts';
import type { JobKind } from './schedule/job.ts';
import { upkeepJobs } from './wiring/upkeep.ts';
import { whileRoom } from './storage/while-room.ts';
import { tellOwner } from './tasks/tell-owner.ts';
import type { Services } from './services.ts';
import { draftNightDeps, retrospectiveDeps } from './wiring/wishes.ts';
import { createDraftNights } from './wishes/drafting/night.ts';

/** The parts of the daemon that kinds use beside its services. */
export interface JobSources {
  /** Cancels a task that runs here. */
  cancelTask: (taskId: number) => void;
}

/** What runs by the clock: one line a concern. */
export function createJobKinds(services: Services, sources: JobSources): readonly JobKind[] {
  return [
    createGoalKind(goalRunDeps({ ...services, store: services.database.store }, { ...sources, tellOwner })),
    services.sensors.jobs,
    whileRoom(createRetrospectiveKind(retrospectiveDeps(services, sources)), services.diskRoom),
    whileRoom(createDraftNights(draftNightDeps(services)), services.diskRoom),
    whileRoom(createFindingsKind(services), services.diskRoom),
    whileRoom(upkeepJobs(services), services.diskRoom),
  ];
}
