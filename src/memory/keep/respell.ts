import { respellMemories } from '../rows/respell.ts';
import type { Store } from '../../lib/store/store.ts';

/** A few milliseconds each of the embedded database. */
const batch = 50;

/**
 * Brings the words of memories up to the rules of today, the newest first; a kill at any instant leaves the rest for the next
 * time, and what is left is found by its old words meanwhile.
 */
export async function respell(
  store: Store,
  { goOn, signal }: { goOn: () => boolean; signal: AbortSignal },
): Promise<{ respelt: number; isMore: boolean }> {
  let respelt = 0;
  for (;;) {
    signal.throwIfAborted();
    const count = await respellMemories(store, batch);
    respelt += count;
    if (count < batch) return { respelt, isMore: false };
    if (!goOn()) return { respelt, isMore: true };
  }
}
