import { ownValue } from '../lib/own-value.ts';
import { childEntry } from '../lib/process/child-entry.ts';
import type { JobKind } from '../schedule/job.ts';
import type { Services } from '../services.ts';
import { tellOwner } from '../tasks/tell-owner.ts';
import { readProof, staleProof } from '../upkeep/proof.ts';
import { createUpkeepJobs } from '../upkeep/jobs.ts';
import { chore } from './chores.ts';

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

/** Tells the owner once when no backup, or no drill, has succeeded for too long. */
export function upkeepKeeperLogic(services: Services) {
  const { bus, database, settings, startedAt } = services;
  let told: string | undefined;
  return chore(services, 'the state of backups could not be looked at', async () => {
    const now = new Date();
    const promised = {
      backups: settings.get('backup.at') !== null,
      drillDays: settings.get('backup.drillDays'),
      since: new Date(startedAt),
    };
    const text = staleProof(await readProof(database.store), promised, now);
    const kind = text?.slice(0, 12);
    if (text !== undefined && kind !== told) {
      await database.store.transaction((tx) => tellOwner(tx, { origin: 'upkeep', text, taskId: null, now }));
      bus.emit('owner.told', { origin: 'upkeep', text, taskId: null });
    }
    told = kind;
  });
}
