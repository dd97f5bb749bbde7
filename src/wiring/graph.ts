import { createReader } from '../../actors/graph/reader.ts';
import { learnPending } from '../lib/graph/learn.ts';
import type { Parts } from '../parts.ts';
import { chore } from './chores.ts';

/** A thread without work is kept for so many passes, since a new one takes half a second. */
const idlePasses = 12;

/** Reads what tasks, messages and reports left behind into the knowledge graph. */
export function graphLogic(parts: Parts) {
  const { database, inference, log } = parts;
  const reader = createReader({ inference });
  let idle = 0;
  return chore(parts, 'the knowledge graph could not be brought up to date', async () => {
    const { sources } = await learnPending({
      store: database.store,
      reader,
      onGivenUp: ({ origin, origin_id: id }, error) =>
        log.warn({ origin, id, err: error }, 'a text could not be read into the knowledge graph'),
    });
    idle = sources > 0 ? 0 : idle + 1;
    if (idle === idlePasses) await reader.close();
  });
}
