import { createTextPreparer } from '../../actors/memory/text-preparer.ts';
import { createMemoryKeeper } from '../memory/keep/keep-memory.ts';
import type { KeptPass } from '../memory/keep/kept-pass.ts';
import { createVectorKeeper } from '../memory/keep/keep-vectors.ts';
import type { Services } from '../services.ts';
import { chore } from './chores.ts';
import { closeWhenIdle } from './close-when-idle.ts';

/** Redacts, cuts, embeds lexically and compares what was remembered, and makes memories of what tasks have done. */
export function memoryKeeperLogic(services: Services) {
  const { database, rightOfWay, embedders, memoryCounts, memoryBacklog, inHand, bus, log } = services;
  const preparer = createTextPreparer();
  const keep = createMemoryKeeper({
    // A flood that nobody asks about is recorded before it is remembered.
    store: rightOfWay.after(database.store, () => inHand.isAwaited()),
    background: rightOfWay.after(database.store),
    embedders,
    prepareText: (text) => preparer.prepare(text),
    counts: memoryCounts,
    inHand,
    log,
    onPrepared: (ids) => bus.emit('memory.prepared', { ids }),
  });
  /** A new thread takes a quarter of a second. */
  const afterPass = closeWhenIdle(preparer);
  return chore(
    services,
    'memories could not be brought up to date',
    async (signal, wake) => {
      const { done, isMore } = await keep(signal);
      memoryBacklog.note('memories', isMore && done > 0);
      await afterPass(done);
      goOn({ done, isMore }, wake);
    },
    (wake) => {
      const stops = [
        bus.on('events.recorded', ({ records }) => {
          const saying = records.filter(({ notes = [] }) => notes.length > 0);
          for (const { id, notes = [] } of saying)
            inHand.arrive(notes.some(({ trust }) => trust === 'owner') ? 'owner' : 'anybody', id);
          if (saying.length > 0) wake();
        }),
        bus.on('memory.pending', () => {
          inHand.arrive('owner');
          wake();
        }),
        bus.on('task.ended', wake),
      ];
      return () => stops.forEach((stop) => stop());
    },
  );
}

/** Gives memories the vectors of the encoders. */
export function vectorKeeperLogic(services: Services) {
  const { database, rightOfWay, embedders, memoryCounts, memoryBacklog, bus, log } = services;
  const keep = createVectorKeeper({
    store: rightOfWay.after(database.store),
    embedders,
    counts: memoryCounts,
    log,
  });
  const note = (more: { ids: readonly number[]; isMany?: boolean }): void => {
    const fits = ids.length + more.ids.length <= maxNamed;
    if (fits) ids.push(...more.ids);
    isMany ||= !fits || more.isMany === true;
  };
  let ids: number[] = [];
  let isMany = false;
  return chore(
    services,
    'memories could not be embedded',
    async (signal, wake) => {
      const changed = { ids, isMany };
      [ids, isMany] = [[], false];
      const pass = await keep(signal, changed);
      memoryBacklog.note('vectors', pass.isMore && pass.done > 0);
      if (pass.isMore) note(changed);
      goOn(pass, wake);
    },
    (wake) => {
      const stops = [
        bus.on('memory.prepared', ({ ids: more }) => {
          note({ ids: more });
          wake();
        }),
        embedders.onChange(wake),
      ];
      return () => stops.forEach((stop) => stop());
    },
  );
}

/** Memories that are named to the encoders; some seconds' worth. */
const maxNamed = 5_000;

/** What got nowhere, such as with a model that is away, is tried again after a rest. */
function goOn({ done, isMore }: KeptPass, wake: () => void): void {
  if (isMore && done > 0) wake();
}
