import type { Tx } from './store.ts';
import { writeOut } from './write-out.ts';

/** The second round is for what was written during the first one, which may have taken seconds; so is the last writing out. */
const rounds = 2;

/**
 * Writes and flushes without anybody waiting what a checkpoint of the embedded database would write and flush while all wait for
 * it. `flush` puts on the disk what was written into its files so far.
 */
export async function lightenCheckpoint(store: Tx, flush: () => Promise<void>): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await writeOut(store);
    await flush();
  }
  await writeOut(store);
}
