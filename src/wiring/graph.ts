import { createReader } from '../../actors/graph/reader.ts';
import { learnPending } from '../graph/learn.ts';
import type { Services } from '../services.ts';
import { chore } from './chores.ts';
import { closeWhenIdle } from './close-when-idle.ts';

/** Reads what tasks, messages and reports left behind into the knowledge graph. */
export function graphLogic(services: Services) {
  const { database, inference, log, memoryBacklog, rightOfWay } = services;
  const store = rightOfWay.after(database.store);
  const reader = createReader({ inference });
  /** A new thread takes half a second. */
  const afterPass = closeWhenIdle(reader);
  return chore(services, 'the knowledge graph could not be brought up to date', async () => {
    if (memoryBacklog.isInTheWay()) return;
    const { sources } = await learnPending({
      store,
      reader,
      onGivenUp: ({ origin, origin_id: id }, error) =>
        log.warn({ origin, id, err: error }, 'a text could not be read into the knowledge graph'),
    });
    await afterPass(sources);
  });
}
