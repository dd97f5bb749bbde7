import type { Journal } from './journal.ts';

/**
 * Deletes the segments whose every line is recorded. `checkpoint` has to bring what the store has recorded to the
 * disk first: the embedded database does not do that by itself, and until then the journal is the only safe copy.
 */
export async function trimJournal(journal: Journal, checkpoint: () => Promise<void>): Promise<number> {
  journal.sealRecorded();
  const finished = journal.finishedSegments();
  if (finished.length === 0) return 0;
  await checkpoint();
  await journal.sync();
  journal.remove(finished);
  return finished.length;
}
