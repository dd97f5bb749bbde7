import { z } from 'zod';
import type { Bus } from '../lib/bus.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { id, limit, page, search } from '../lib/operations/fields.ts';
import { type Caller, operation } from '../lib/operations/operation.ts';
import { type Page, pageOf } from '../lib/operations/page.ts';
import type { Store } from '../lib/store/store.ts';
import { entityKinds } from './extract/extraction.ts';
import { createGraph, type Graph, type GraphActResult } from './graph.ts';
import type { EntityRow } from './rows/list-entities.ts';

/** Services that the operations of the graph use. */
export interface GraphNeeds {
  store: Store;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  now: () => Date;
}

const kind = z.enum(entityKinds);
const name = z.string().min(1).max(500);
/** The number of an entity, or one of its names. */
const ref = z.union([name, z.number().int().min(1).transform(String)]);

const pictureInput = z.strictObject({
  limit: z.coerce.number().int().min(1).max(2000).default(500),
  kind: kind.optional(),
  /** Only the neighbourhood of this entity. */
  around: id.optional(),
});

/** Operations of the knowledge graph: the picture, one entity with its evidence, and the owner's amendments. */
export const graphOperations = {
  'graph.get': operation('GET /graph', pictureInput, (needs: GraphNeeds, query, caller) =>
    graphFor(needs, caller).picture(query),
  ),
  'entities.search': operation(
    'GET /entities',
    z.strictObject({ text: search.optional(), kind: kind.optional(), ...page }),
    async (needs: GraphNeeds, { limit: most, ...query }, caller): Promise<Page<EntityRow>> =>
      pageOf(await graphFor(needs, caller).search({ ...query, limit: most + 1 }), most),
  ),
  'entities.ignored': operation(
    'GET /ignored-entities',
    z.strictObject({ limit }),
    (needs: GraphNeeds, query, caller) => graphFor(needs, caller).ignored(query.limit),
  ),
  'entity.get': operation(
    'GET /entities/:ref',
    z.strictObject({ ref }),
    (needs: GraphNeeds, entity, caller) => graphFor(needs, caller).entity(entity.ref),
  ),
  'entity.teach': operation(
    'POST /entities',
    z.strictObject({ kind, name, aliases: z.array(name).max(50).default([]) }),
    (needs: GraphNeeds, entity, caller) => act(needs, caller, (graph) => graph.teach(entity)),
  ),
  'entity.merge': operation(
    'POST /entities/:ref/merge',
    z.strictObject({ ref, into: ref }),
    (needs: GraphNeeds, change, caller) =>
      act(needs, caller, (graph) => graph.merge(change.ref, change.into)),
  ),
  'entity.split': operation(
    'POST /entities/:ref/split',
    z.strictObject({ ref, aliases: z.array(name).min(1).max(50) }),
    (needs: GraphNeeds, change, caller) =>
      act(needs, caller, (graph) => graph.split(change.ref, change.aliases)),
  ),
  'entity.rename': operation(
    'POST /entities/:ref/rename',
    z.strictObject({ ref, name }),
    (needs: GraphNeeds, change, caller) =>
      act(needs, caller, (graph) => graph.rename(change.ref, change.name)),
  ),
  'entity.forget': operation(
    'POST /entities/:ref/forget',
    z.strictObject({ ref, ignore: z.boolean().default(false) }),
    (needs: GraphNeeds, { ref: which, ignore }, caller) =>
      act(needs, caller, (graph) => graph.forget(which, { ignore })),
  ),
};

function graphFor({ store, now }: GraphNeeds, { by }: Caller): Graph {
  return createGraph({ store, now, by });
}

async function act(
  needs: GraphNeeds,
  caller: Caller,
  change: (graph: Graph) => Promise<GraphActResult>,
): Promise<GraphActResult> {
  const result = await change(graphFor(needs, caller));
  for (const list of ['graph.get', 'entities.search']) needs.bus.emit('list.changed', { list });
  return result;
}
