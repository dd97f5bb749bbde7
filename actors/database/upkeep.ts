import { analyzeGrown, maintain } from '../../src/lib/store/maintain.ts';
import type { Store } from '../../src/lib/store/store.ts';

/** What the embedded database lacks a server's own processes for. */
export interface Upkeep {
  /** Has grown tables analysed, where that is not under way. Never rejects. */
  analyze(): Promise<void>;
  /** Vacuums and writes a checkpoint; ends early where a backup begins meanwhile. */
  maintain(): Promise<void>;
}

class UpkeepHeldError extends Error {}

/** The upkeep of the database of a store. `mayMaintain` is asked before each statement: a backup may begin while it waits for its turn. */
export function createUpkeep({
  store,
  mayMaintain,
  behind,
}: {
  store: Store;
  mayMaintain: () => boolean;
  behind: (store: Store) => Store;
}): Upkeep {
  const unheld = (): Store => {
    if (!mayMaintain()) throw new UpkeepHeldError();
    return store;
  };
  const inTurn = behind({
    query: async (statement) => unheld().query(statement),
    transaction: async (work) => unheld().transaction(work),
  });
  let isAnalyzing = false;
  return {
    async analyze() {
      if (isAnalyzing) return;
      isAnalyzing = true;
      try {
        await analyzeGrown(inTurn);
      } catch {
        // A later look has it to do again; whether the database is away is found out by others.
      } finally {
        isAnalyzing = false;
      }
    },
    async maintain() {
      await maintain(inTurn).catch((thrown: unknown) => {
        if (!(thrown instanceof UpkeepHeldError)) throw thrown;
      });
    },
  };
}
