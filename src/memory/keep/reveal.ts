import type { Store } from '../../lib/store/store.ts';
import { nextUnredacted, revealRedacted } from '../rows/pending.ts';
import { wholeUpToChars } from './chunk.ts';
import type { PreparePass } from './prepare-pending.ts';
import type { PreparedText } from './prepare-text.ts';

const batch = 50;
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
      const texts = await Promise.allSettled(found.map(({ content }) => prepareText(content)));
      signal.throwIfAborted();
      const redacted = found.flatMap((memory, index) => {
        const text = texts[index];
        if (text?.status === 'fulfilled')
          return [{ ...memory, text: text.value.text, secrets: text.value.redacted }];
        if (left.size >= maxLeft) left.clear();
        left.add(memory.id);
        return [];
      });
      await revealRedacted(store, redacted);
      if (found.length < batch) return true;
      if (!goOn()) return false;
    }
  };
}
