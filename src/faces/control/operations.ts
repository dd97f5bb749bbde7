import { z } from 'zod';
import { operation } from '../../lib/operations/operation.ts';
import { runSql } from '../../lib/store/run-sql.ts';
import type { Tx } from '../../lib/store/store.ts';

/** Services that the operations of the owner's terminal use. */
export interface ControlNeeds {
  /** Runs statements of the owner, each by itself. */
  console: Tx;
}

const maxChars = 1024 * 1024;

/** Operations that only the owner's terminal may ask for. */
export const controlOperations = {
  'sql.run': operation(
    'POST /sql',
    z.strictObject({ text: z.string().min(1).max(maxChars) }),
    ({ console }: ControlNeeds, { text }) => runSql(console, text),
    { faces: ['cli'], unrecorded: 'the console shows the owner their own statements' },
  ),
};
