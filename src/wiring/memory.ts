import { createTextPreparer } from '../../actors/memory/text-preparer.ts';
import { createMemoryKeeper } from '../lib/remember/keep-memory.ts';
import type { Parts } from '../parts.ts';
import { chore } from './chores.ts';

/** A thread without work is kept for so many passes, since a new one takes a quarter of a second. */
const idlePasses = 12;

/** Redacts, cuts, embeds and compares what was remembered, and makes memories of what tasks have done. */
export function memoryKeeperLogic(parts: Parts) {
  const { database, embedders, memoryBoard, bus, log } = parts;
  const preparer = createTextPreparer();
  const keep = createMemoryKeeper({
    store: database.store,
    embedders,
    prepareText: (text) => preparer.prepare(text),
    board: memoryBoard,
    log,
  });
  let idle = 0;
  return chore(
    parts,
    'memories could not be brought up to date',
    async (signal) => {
      const { done } = await keep(signal);
      idle = done > 0 ? 0 : idle + 1;
      if (idle === idlePasses) await preparer.close();
    },
    (wake) => {
      const stops = [
        bus.on('events.recorded', ({ records }) => {
          if (records.some(({ notes }) => notes !== undefined)) wake();
        }),
        bus.on('memory.pending', wake),
        bus.on('task.ended', wake),
        embedders.onChange(wake),
      ];
      return () => stops.forEach((stop) => stop());
    },
  );
}
