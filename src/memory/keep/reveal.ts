import { StoreAwayError } from '../../lib/errors.ts';
import type { Store } from '../../lib/store/store.ts';
import { nextUnredacted, revealRedacted } from '../rows/pending.ts';
import { wholeUpToChars } from './chunk.ts';
import type { PreparePass } from './prepare-pending.ts';
import type { PreparedText } from './prepare-text.ts';

const batch = 16;
const maxLeft = 1_000;

/**
 * Takes the secrets out of what is new, the newest first, so that full text finds it before it is compared and embedded.
 * Long texts are left to the preparer, and so are texts that cannot be redacted. The pass resolves to whether nothing is
 * left of what it can do; it rejects with `StoreAwayError` while the store is away.
 */
export function createRevealer({
  store,
  prepareText,
}: {
  store: Store;
  prepareText: (text: string) => Promise<PreparedText>;
}) {
  const left = new Set<number>();
  return async ({ goOn, signal }: PreparePass): Promise<boolean> => {
    for (;;) {
      const found = await nextUnredacted(store, {
        limit: batch,
        maxChars: wholeUpToChars,
        except: [...left],
      });
      for (const memory of found) {
        signal.throwIfAborted();
        try {
          const { text, redacted } = await prepareText(memory.content);
          await revealRedacted(store, memory, { content: text, redacted });
        } catch (thrown) {
          signal.throwIfAborted();
          if (thrown instanceof StoreAwayError) throw thrown;
          if (left.size >= maxLeft) left.clear();
          left.add(memory.id);
        }
      }
      if (found.length < batch) return true;
      if (!goOn()) return false;
    }
  };
}
