import { nothing } from '../../lib/operations/fields.ts';
import { operation } from '../../lib/operations/operation.ts';
import type { Status } from './status.ts';

/** Services that the operations of the status use. */
export interface StatusNeeds {
  status: () => Promise<Status>;
}

/** Operations of the daemon's status. */
export const statusOperations = {
  'status.get': operation('GET /status', nothing, ({ status }: StatusNeeds) => status()),
};
