import { databaseMachine } from '../../machines/database/machine.ts';
import { loadStoredSettings, type Services } from '../services.ts';

/** The database, and the log of its coming and going. */
export function databaseLogic(services: Services) {
  const { database, log } = services;
  return databaseMachine.provide({
    actors: database.actors,
    actions: {
      announceReady: () => {
        log.info({ kind: database.input.kind, url: database.input.url }, 'the database is ready');
        void loadStoredSettings(services);
      },
      announceAway: ({ context, event }) => {
        if (event.type !== 'child.stop') {
          log.warn({ reason: context.lastError }, 'the database is away; events are kept until it is back');
        }
      },
    },
  });
}
