import type { Store } from '../lib/store/store.ts';
import { findGiven } from './rows/task-page.ts';
import type { GivenMemory } from './task-view.ts';

type Recorded = Pick<GivenMemory, 'id' | 'kind' | 'score'>;

/** The memories that a task's row says it was given, with their texts as far as they are still there. */
export async function givenMemories(store: Pick<Store, 'query'>, recorded: unknown): Promise<GivenMemory[]> {
  const given = Array.isArray(recorded) ? (recorded as unknown[]).flatMap(readGiven) : [];
  if (given.length === 0) return [];
  const ids = given.map(({ id }) => id);
  const found = new Map((await findGiven(store, ids)).map((row) => [row.id, row]));
  return given.map(({ id, kind, score }) => {
    const row = found.get(id);
    return {
      id,
      kind: row?.kind ?? kind,
      source: row?.source ?? null,
      trust: row?.trust ?? null,
      content: row?.content ?? null,
      score,
    };
  });
}

function readGiven(recorded: unknown): Recorded[] {
  if (typeof recorded !== 'object' || recorded === null) return [];
  const { id, kind, score } = recorded as Record<'id' | 'kind' | 'score', unknown>;
  if (typeof id !== 'string') return [];
  return [
    { id, kind: typeof kind === 'string' ? kind : 'memory', score: typeof score === 'number' ? score : null },
  ];
}
