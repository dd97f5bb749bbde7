import type { GraphDesk } from '../../graph/desk.ts';
import type { Handlers } from '../dispatch.ts';

/** The knowledge graph: the picture, and one entity with its evidence. */
export function graphOperations(graph: Pick<GraphDesk, 'picture' | 'search' | 'entity'>) {
  return {
    'graph.get': (query) => graph.picture(query),
    'entities.search': (query) => graph.search(query),
    'entity.get': ({ id }) => graph.entity(String(id)),
  } satisfies Partial<Handlers>;
}
