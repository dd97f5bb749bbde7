import { fromPromise } from 'xstate';
import type { PartingNote } from '../../machines/task/protocol.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { notePartingOf } from '../../src/tasks/rows/note-parting.ts';
import { partingWords } from '../../src/tasks/run/parting.ts';

/** Writes down what was odd about the going of an agent whose answer stood already; mostly that is nothing. */
export function createNoteParting(store: Pick<Store, 'transaction'>, now: () => Date = () => new Date()) {
  return fromPromise<undefined, PartingNote>(async ({ input: { task, run } }) => {
    const words = partingWords(run);
    if (words !== undefined) await notePartingOf(store, task, { words, now: now() });
    return undefined;
  });
}
