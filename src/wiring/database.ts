import { databaseMachine } from '../../machines/database.ts';
import { loadStoredSettings, type Parts } from '../parts.ts';
import { type Neighbours, tell } from './tell.ts';

/** The database, and who has to know when it comes and goes. */
export function databaseLogic(parts: Parts) {
  const { database, log } = parts;
  return databaseMachine.provide({
    actors: database.actors,
    actions: {
      announceReady: ({ system }) => {
        log.info({ kind: database.input.kind, url: database.input.url }, 'the database is ready');
        void loadStoredSettings(parts);
        tell(system as Neighbours, 'router', { type: 'database.ready' });
        tell(system as Neighbours, 'tasks', { type: 'database.ready' });
      },
      announceAway: ({ context, event }) => {
        if (event.type !== 'child.stop') {
          log.warn({ reason: context.lastError }, 'the database is away; events are kept until it is back');
        }
      },
    },
  });
}
