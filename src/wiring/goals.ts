import { declareGoals } from '../goals/keep/declared.ts';
import { goalKindName } from '../goals/job-kind.ts';
import { tellHeld } from '../goals/run/settle.ts';
import type { Services } from '../services.ts';
import { tellOwner } from '../tasks/tell-owner.ts';
import { chore } from './chores.ts';

/** Makes the rows of declared goals what config.json says, once a start, and tells what quiet hours have held. */
export function goalsKeeperLogic(services: Services) {
  const { bus, database, journal, log, settings } = services;
  const now = (): Date => new Date();
  let isDeclared = false;
  return chore(
    services,
    'goals could not be looked after',
    async () => {
      if (!isDeclared) {
        const { problems, ...done } = await declareGoals(database.store, settings.get('goals'), {
          home: journal.uuid,
          now: now(),
        });
        isDeclared = true;
        for (const problem of problems) log.warn(problem);
        if (Object.values(done).some((names) => names.length > 0)) {
          log.info(done, 'goals were taken from config.json');
          bus.emit('jobs.changed', { kind: goalKindName });
          bus.emit('list.changed', { list: 'goals.list' });
        }
      }
      await tellHeld({ store: database.store, bus, tellOwner, now });
    },
    wakeAtOnce,
  );
}

/** What config.json says holds from the start, and not from the end of the first rest. */
function wakeAtOnce(wake: () => void): () => void {
  wake();
  return () => undefined;
}
