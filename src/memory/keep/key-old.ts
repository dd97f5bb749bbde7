import { keyMemories, nextUnkeyed } from '../rows/unkeyed.ts';
import type { Store } from '../../lib/store/store.ts';
import { keysOf } from './keys.ts';

/** Some milliseconds of the daemon's own thread. */
const batch = 40;

/**
 * Gives keys to memories that were prepared before there were any, so that they merge with and are replaced by what comes
 * now. Resolves to how many; a kill at any instant leaves the rest for the next time.
 */
export async function keyOldMemories(
  store: Store,
  { goOn, signal }: { goOn: () => boolean; signal: AbortSignal },
): Promise<{ keyed: number; isMore: boolean }> {
  let keyed = 0;
  for (;;) {
    signal.throwIfAborted();
    const memories = await nextUnkeyed(store, batch);
    await keyMemories(
      store,
      memories.map((memory) => ({ ...memory, ...keysOf(memory.content) })),
    );
    keyed += memories.length;
    if (memories.length < batch) return { keyed, isMore: false };
    if (!goOn()) return { keyed, isMore: true };
  }
}
