import { ownValue } from '../lib/own-value.ts';
import { childEntry } from '../lib/process/child-entry.ts';
import type { JobKind } from '../schedule/job.ts';
import type { Services } from '../services.ts';
import { createUpkeepJobs } from '../upkeep/jobs.ts';

/** Backups and drills that run by the clock, each as a `ninjad` of its own on this home. */
export function upkeepJobs({ settings, database, bus, programs, paths, env, journal }: Services): JobKind {
  const passedOn = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'DATABASE_URL'].flatMap((name) => {
    const value = ownValue(env, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return createUpkeepJobs({
    settings,
    store: database.store,
    bus,
    programs,
    ninjad: childEntry(import.meta.url, '../main.ts'),
    env: { ...Object.fromEntries(passedOn), NINJAD_HOME: paths.home },
    home: paths.home,
    worker: journal.uuid,
    now: () => new Date(),
  });
}
