import type { Ask } from '../../lib/operations/ask.ts';
import type { taskOperations } from '../operations.ts';

/** The running daemon, as far as checks ask it about tasks. */
export interface TaskWitness {
  ask: Ask<Pick<typeof taskOperations, 'tasks.list'>>;
}
