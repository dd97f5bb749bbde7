import type { StopOrder } from '../../machines/scheduler/protocol.ts';
import { leftFires, takeOver } from '../../src/schedule/rows/recover-fires.ts';
import { beatAsWorker, newsOfFires } from '../../src/schedule/rows/workers.ts';
import { settleLeft } from '../../src/schedule/settle-left.ts';
import type { SchedulerDeps } from './deps.ts';

/** Between two beats. */
const beatMs = 10_000;
/** Between two looks at fires that others may have said something about. */
const newsMs = 2_000;

/**
 * Keeps up with the other daemons of the database: says that this one is alive, takes up what those have left that are
 * gone, and hears which fires here are to end. Nothing where nobody else can use the database.
 */
export function createWatchOthers(deps: SchedulerDeps) {
  const { schedule, store, worker } = deps;
  let beatAt = -Infinity;
  let newsAt = -Infinity;
  return async (now: Date): Promise<StopOrder[]> => {
    if (!deps.isShared) return [];
    const mono = schedule.monotonicMs();
    if (mono - beatAt >= beatMs) {
      const others = await beatAsWorker(store, { worker, now });
      for (const gone of schedule.watchWorkers(others)) await takeUp(deps, gone, now);
      beatAt = mono;
    }
    const running = [...schedule.line.running()].map(({ id }) => id);
    const awaited = schedule.line.awaited();
    if (running.length + awaited.length === 0 || mono - newsAt < newsMs) return [];
    const news = await newsOfFires(store, { worker, running, awaited });
    newsAt = mono;
    schedule.line.arrive(new Set(news.ended));
    return [...news.asked, ...news.lost].map((id) => ({ id, cause: 'cancel-other' }));
  };
}

/** Takes up the fires of a worker that is gone, as far as their jobs are known here. */
async function takeUp({ schedule, store, worker }: SchedulerDeps, gone: string, now: Date): Promise<void> {
  const left = await leftFires(store, gone);
  const ids = left.filter(({ jobId }) => schedule.agenda.get(jobId) !== undefined).map(({ id }) => id);
  if (ids.length === 0) return;
  await store.transaction(async (tx) => {
    const taken = await takeOver(tx, { ids, from: gone, worker });
    await settleLeft(tx, taken, { schedule, worker, now });
  });
}
