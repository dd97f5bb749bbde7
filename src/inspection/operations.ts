import { z } from 'zod';
import { nothing } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import type { LiveTree } from './tree-watch.ts';

/** Services that the operations of the tree use. */
export interface TreeNeeds {
  tree: Pick<LiveTree, 'get' | 'actor'>;
}

/** An actor's place in the tree, such as `tree/tasks/task.42`. */
const actorInput = z.strictObject({ path: z.string().min(1).max(500) });

/** Operations of the tree: every live actor, and one from inside. */
export const treeOperations = {
  'tree.get': operation('GET /tree', nothing, ({ tree }: TreeNeeds) => tree.get()),
  'tree.actor': operation('GET /tree/actor', actorInput, ({ tree }: TreeNeeds, { path }) => tree.actor(path)),
};
