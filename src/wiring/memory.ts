import { createTextPreparer } from '../../actors/memory/text-preparer.ts';
import { createMemoryKeeper } from '../memory/keep/keep-memory.ts';
import type { Services } from '../services.ts';
import { chore } from './chores.ts';
import { closeWhenIdle } from './close-when-idle.ts';

/** Redacts, cuts, embeds and compares what was remembered, and makes memories of what tasks have done. */
export function memoryKeeperLogic(services: Services) {
  const { database, embedders, memoryBoard, inHand, bus, log } = services;
  const preparer = createTextPreparer();
  const keep = createMemoryKeeper({
    store: database.store,
    embedders,
    prepareText: (text) => preparer.prepare(text),
    board: memoryBoard,
    inHand,
    log,
  });
  /** A new thread takes a quarter of a second. */
  const afterPass = closeWhenIdle(preparer);
  return chore(
    services,
    'memories could not be brought up to date',
    async (signal) => {
      const { done } = await keep(signal);
      await afterPass(done);
    },
    (wake) => {
      const arrive = (whose: 'owner' | 'anybody'): void => {
        inHand.arrive(whose);
        wake();
      };
      const stops = [
        bus.on('events.recorded', ({ records }) => {
          const notes = records.flatMap((record) => record.notes ?? []);
          if (notes.length > 0) arrive(notes.some(({ trust }) => trust === 'owner') ? 'owner' : 'anybody');
        }),
        bus.on('memory.pending', () => arrive('owner')),
        bus.on('task.ended', wake),
        embedders.onChange(wake),
      ];
      return () => stops.forEach((stop) => stop());
    },
  );
}
