import type { Embedder } from '../embed/embedder.ts';
import type { Embedders } from '../embed/embedders.ts';
import { findModel } from '../embed/vector-table.ts';
import { countEmbedded } from '../rows/embedded.ts';
import { takeFromInbox } from '../rows/inbox.ts';
import type { Store } from '../../lib/store/store.ts';
import { createEmbedMissing } from './embed-missing.ts';
import { keyOldMemories } from './key-old.ts';
import type { EncoderProgress, MemoryBoard, MemoryProgress } from './memory-board.ts';
import type { InHand } from './in-hand.ts';
import { prepareOnce } from './prepare-once.ts';
import { createPreparer, type PrepareDeps } from './prepare-pending.ts';
import { createRevealer } from './reveal.ts';
import { rememberTasks } from './remember-tasks.ts';
import { respell } from './respell.ts';

export interface KeeperDeps {
  store: Store;
  embedders: Embedders;
  prepareText: PrepareDeps['prepareText'];
  board: MemoryBoard;
  log: {
    info: (detail: object, message: string) => void;
    warn: (detail: object, message: string) => void;
  };
  /** Milliseconds that a pass may take before it leaves the rest to the next one (default 1 s). */
  budgetMs?: number;
  /** Told what is prepared; while it has news the vectors of a model wait. Default: nobody asks. */
  inHand?: Pick<InHand, 'begin' | 'settle' | 'hasNews'> &
    Partial<Pick<InHand, 'beginOwners' | 'settleOwners'>>;
  now?: () => Date;
}

/** Result of a pass. */
export interface KeptPass {
  /** Tasks looked at, memories prepared and vectors made. */
  done: number;
  isMore: boolean;
}

const defaultBudgetMs = 1_000;
/** So much of what is new is revealed before anything else. */
const newest = { limit: 100, maxChars: 200_000 };
/** Progress of re-embedding is logged every so many vectors. */
const worthTelling = 1_000;

/**
 * One pass of everything that happens to memories by itself: what is new is redacted, so that it can be found by its words,
 * ended tasks are remembered, what is new is prepared, what lacks
 * a vector gets one of the lexical embedder and of each encoder that is wanted. Each stage stops when the budget is used up; the
 * next pass goes on. Rejects with `StoreAwayError` while the store is away.
 */
export function createMemoryKeeper(deps: KeeperDeps) {
  const { store, embedders, board, log, inHand, budgetMs = defaultBudgetMs, now = () => new Date() } = deps;
  const prepareText = prepareOnce(deps.prepareText);
  const prepare = createPreparer({
    ...deps,
    prepareText,
    now,
    onGivenUp: (id, error) =>
      log.warn({ memory: id, err: error }, 'a memory could not be prepared and is not recalled'),
  });
  const reveal = createRevealer({ store, prepareText });
  const embedMissing = createEmbedMissing({
    store,
    now,
    onRefused: (id, error) =>
      log.warn({ memory: id, err: error }, 'the model cannot take a memory; the lexical vector serves'),
  });
  let told = '';
  /** By model: vectors a second of the last pass that made some. */
  const speeds = new Map<string, number>();

  const tell = async (): Promise<void> => {
    const progress = await progressOf(store, embedders, speeds);
    for (const { model, embedded, missing } of progress.encoders)
      embedders.noteCoverage(model, embedded + missing === 0 ? 1 : embedded / (embedded + missing));
    if (JSON.stringify(progress) === JSON.stringify(board.progress())) return;
    board.set(progress);
    const { model, embedded, missing } = progress;
    const news =
      missing === 0 ? `${model ?? ''} all` : `${model ?? ''} ${Math.floor(missing / worthTelling)}`;
    const wasMissing = told !== '' && !told.endsWith(' all');
    if (news !== told && (missing >= worthTelling || (missing === 0 && wasMissing)))
      log.info(
        { model, embedded, missing },
        missing === 0 ? 'every memory is embedded' : 'memories are being embedded',
      );
    told = news;
  };

  return async (signal: AbortSignal): Promise<KeptPass> => {
    const until = performance.now() + budgetMs;
    const goOn = (): boolean => performance.now() < until;
    const mark = inHand?.begin() ?? 0;
    // What came by itself comes before what a flood has left in the inbox.
    const isRevealed = await reveal({ goOn, signal });
    const taken = await takeFromInbox(store, newest);
    const isAll = taken === 0 ? isRevealed : await reveal({ goOn, signal });
    if (isAll && taken < newest.limit) inHand?.settle(mark);
    const tasks = await rememberTasks(store, { goOn, now, signal });
    const { prepared, isMore } = await prepare({ goOn, signal });
    if (!isMore) inHand?.settle(mark);
    const old = await keyOldMemories(store, { goOn, signal });
    const spelt = await respell(store, { goOn, signal });
    const lexical = await embedMissing(embedders.lexical, { goOn, signal });
    if (!embedders.ready().every(({ model }) => embedders.isCoverageKnown(model))) await tell();
    const mayEmbed = (): boolean => goOn() && inHand?.hasNews() !== true;
    const passes = [lexical];
    for (const encoder of embedders.wanted()) {
      const startedAt = performance.now();
      const pass = await embedMissing(encoder, { goOn: mayEmbed, signal });
      if (pass.embedded > 0)
        speeds.set(encoder.model, (pass.embedded * 1_000) / (performance.now() - startedAt));
      passes.push(pass);
    }
    await tell();
    return {
      done:
        tasks + prepared + old.keyed + spelt.respelt + passes.reduce((sum, pass) => sum + pass.embedded, 0),
      isMore: isMore || old.isMore || spelt.isMore || passes.some((pass) => pass.isMore),
    };
  };
}

async function progressOf(
  store: Store,
  embedders: Embedders,
  speeds: ReadonlyMap<string, number>,
): Promise<MemoryProgress> {
  const count = async (embedder: Pick<Embedder, 'model' | 'dimensions'>) => {
    const counts = await countEmbedded(store, await findModel(store, embedder));
    return { ...counts, missing: Math.max(0, counts.prepared - counts.embedded) };
  };
  const encoders: EncoderProgress[] = [];
  for (const embedder of embedders.ready()) {
    const { embedded, missing } = await count(embedder);
    encoders.push({ model: embedder.model, embedded, missing, aSecond: speeds.get(embedder.model) ?? null });
  }
  const { model, dimensions, degraded = null } = embedders.current();
  return { ...(await count({ model, dimensions })), model, degraded, encoders };
}
