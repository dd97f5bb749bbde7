import type { Embedder } from '../embed/embedder.ts';
import type { Embedders } from '../embed/embedders.ts';
import { findModel } from '../embed/vector-table.ts';
import { countEmbedded } from '../rows/embedded.ts';
import type { Store } from '../../lib/store/store.ts';
import type { KeptPass } from './kept-pass.ts';
import type { EncoderProgress, MemoryBoard, MemoryProgress } from './memory-board.ts';

export interface MemoryCountsDeps {
  store: Store;
  embedders: Embedders;
  board: MemoryBoard;
  log: { info: (detail: object, message: string) => void };
  /** While there is more to do it counts no more often than this; while nothing is done, at a third of that (default 5 s). */
  everyMs?: number;
}

/** Counts of memories and their vectors: for the board, and for the choice of the encoder. */
export interface MemoryCounts {
  /** Counts after a pass: at once where it was the last one for now, else only now and then, since counting takes its time. */
  tell(pass: KeptPass): Promise<void>;
  /** Notes how many vectors a second a model makes. */
  noteSpeed(model: string, aSecond: number): void;
}

/** Progress of re-embedding is logged every so many vectors. */
const worthTelling = 1_000;
const defaultEveryMs = 5_000;

/** See `MemoryCounts`. */
export function createMemoryCounts(deps: MemoryCountsDeps): MemoryCounts {
  const { store, embedders, board, log, everyMs = defaultEveryMs } = deps;
  /** By model: vectors a second of the last pass that made some. */
  const speeds = new Map<string, number>();
  let told = '';
  let countedAt = -Infinity;
  let wasLast = false;

  const isDue = ({ done, isMore }: KeptPass): boolean => {
    if (!embedders.ready().every(({ model }) => embedders.isCoverageKnown(model))) return true;
    const age = performance.now() - countedAt;
    if (isMore) return age >= everyMs;
    return done > 0 || !wasLast || age >= 3 * everyMs;
  };

  return {
    noteSpeed: (model, aSecond) => void speeds.set(model, aSecond),
    async tell(pass) {
      if (!isDue(pass)) return;
      const counted = await progressOf(store, embedders, speeds);
      const now = performance.now();
      const progress = { ...counted, preparesASecond: speedOf(board.progress(), counted, now - countedAt) };
      countedAt = now;
      wasLast = !pass.isMore;
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
    },
  };
}

async function progressOf(
  store: Store,
  embedders: Embedders,
  speeds: ReadonlyMap<string, number>,
): Promise<Counted> {
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

type Counted = Omit<MemoryProgress, 'preparesASecond'>;

function speedOf(before: MemoryProgress, { prepared, total }: Counted, elapsedMs: number): number | null {
  if (prepared >= total) return null;
  const more = prepared - before.prepared;
  return more > 0 && Number.isFinite(elapsedMs) ? (more * 1_000) / elapsedMs : before.preparesASecond;
}
