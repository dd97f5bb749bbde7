import type { Embedders } from '../embed/embedders.ts';
import type { Store } from '../../lib/store/store.ts';
import { createEmbedMissing } from './embed-missing.ts';
import { keyOldMemories } from './key-old.ts';
import type { InHand } from './in-hand.ts';
import type { KeptPass } from './kept-pass.ts';
import type { MemoryCounts } from './memory-counts.ts';
import { prepareOnce } from './prepare-once.ts';
import { createNotePreparer } from './prepare-notes.ts';
import { createPreparer, type PrepareDeps } from './prepare-pending.ts';
import { createRevealer } from './reveal.ts';
import { rememberTasks } from './remember-tasks.ts';
import { respell } from './respell.ts';

export interface KeeperDeps {
  store: Store;
  /** The same store for what nobody waits for. Default: the store. */
  background?: Store;
  embedders: Pick<Embedders, 'lexical'>;
  prepareText: PrepareDeps['prepareText'];
  counts: MemoryCounts;
  log: { warn: (detail: object, message: string) => void };
  /** Milliseconds that a pass may take before it leaves the rest to the next one (default 1 s). */
  budgetMs?: number;
  /** Told what is prepared; where it has news the pass ends and the next one begins with them. Default: nobody asks. */
  inHand?: Pick<InHand, 'begin' | 'settle' | 'hasNews'> &
    Partial<Pick<InHand, 'beginOwners' | 'settleOwners'>>;
  /** Told of memories that have new words, batch by batch; of their pieces, where they are documents. Default: nobody asks. */
  onPrepared?: (ids: readonly number[]) => void;
  now?: () => Date;
}

const defaultBudgetMs = 1_000;
/** So many of the newest notes that wait come before anything else. */
const newestNotes = 50;

/**
 * One pass of everything that happens to memories by itself, but for what models do (see keep-vectors): what is new is redacted,
 * so that it can be found by its words, ended tasks are remembered, what is new is prepared, what lacks a lexical vector gets
 * one. Each stage stops when the budget is used up; the next pass goes on. Rejects with `StoreAwayError` while the store is away.
 */
export function createMemoryKeeper(deps: KeeperDeps) {
  const { store, background = store, embedders, log, inHand, budgetMs = defaultBudgetMs } = deps;
  const { now = () => new Date() } = deps;
  const prepareText = prepareOnce(deps.prepareText);
  const prepare = createPreparer({
    ...deps,
    store: background,
    prepareText,
    now,
    onGivenUp: (id, error) =>
      log.warn({ memory: id, err: error }, 'a memory could not be prepared and is not recalled'),
  });
  const prepareNewest = createNotePreparer({ ...deps, prepareText, now });
  const reveal = createRevealer({ store, prepareText });
  const embedMissing = createEmbedMissing({
    store: background,
    now,
    onRefused: (id, error) => log.warn({ memory: id, err: error }, 'a memory has no lexical vector'),
  });

  return async (signal: AbortSignal): Promise<KeptPass> => {
    const until = performance.now() + budgetMs;
    const isInTime = (): boolean => performance.now() < until;
    const hasNews = (): boolean => inHand?.hasNews() === true;
    const goOn = (): boolean => isInTime() && !hasNews();
    let prepared = 0;
    let tasks: number | undefined;
    let isMore: boolean;
    do {
      const mark = inHand?.begin() ?? 0;
      // What came by itself comes before what a flood has left in the inbox.
      const isRevealed = await reveal({ goOn, signal });
      const { notes, isAll } = await prepareNewest({ limit: newestNotes, signal });
      if (isRevealed && isAll) inHand?.settle(mark);
      tasks ??= await rememberTasks(store, { goOn, now, signal });
      const round = await prepare({ goOn, signal });
      if (!round.isMore) inHand?.settle(mark);
      prepared += notes.length + round.prepared;
      ({ isMore } = round);
      // What has come meanwhile is taken in another round; the rest is looked at once a pass.
    } while (hasNews() && isInTime());
    const old = await keyOldMemories(background, { goOn, signal });
    const spelt = await respell(background, { goOn, signal });
    const lexical = await embedMissing(embedders.lexical, { goOn, signal });
    const pass = {
      done: tasks + prepared + old.keyed + spelt.respelt + lexical.embedded,
      isMore: isMore || old.isMore || spelt.isMore || lexical.isMore,
    };
    await deps.counts.tell(pass);
    return pass;
  };
}
