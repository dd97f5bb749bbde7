import { clearAlert, raiseAlert } from '../alerts/alert-file.ts';
import { messageOf } from '../lib/errors.ts';
import { mayPrune } from '../retention/may-prune.ts';
import type { Services } from '../services.ts';
import { createRoomKeeper } from '../storage/keep-room.ts';
import { readDisk } from '../storage/measure.ts';
import { chore } from './chores.ts';

/** Looks after the room that the home takes and the disk has. */
export function storageKeeperLogic(services: Services) {
  const { backupHold, bus, database, journal, log, paths, diskRoom: room, settings, startedAt } = services;
  const { store } = database;
  const keep = createRoomKeeper(
    {
      store,
      bus,
      room,
      home: paths.home,
      databaseKind: database.input.kind,
      worker: journal.uuid,
      maxBytes: () => settings.get('storage.maxBytes'),
      mayPrune: (now) => mayPrune({ store, bus }, now),
      isHeld: () => backupHold.isHeld(),
      onChange(problem) {
        if (problem === undefined) log.info('the disk of the home has room again');
        else log.error(problem);
        // The store may be what the disk has no room for, and status reads the file without it.
        try {
          if (problem === undefined) clearAlert(paths.alert, 'storage');
          else raiseAlert(paths.alert, { name: 'storage', since: room.state().since, text: problem });
        } catch (thrown) {
          log.warn(`the alert could not be written: ${messageOf(thrown)}`);
        }
      },
      report: ({ deleted, rewritten }) =>
        log.info({ rows: Object.fromEntries(deleted), rewritten }, 'made room for the budget of the home'),
    },
    startedAt,
  );
  return chore(services, 'the room of the home could not be looked after', (signal) =>
    keep(new Date(), signal),
  );
}

/** What the operations of storage need. */
export function storageNeeds({ journal, paths, diskRoom: room, settings }: Services) {
  return {
    room,
    home: paths.home,
    worker: journal.uuid,
    maxBytes: () => settings.get('storage.maxBytes'),
    disk: () => readDisk(paths.home),
  };
}
