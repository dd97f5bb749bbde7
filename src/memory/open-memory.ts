import type { Inference } from '../lib/inference/inference.ts';
import { createModelQueue, type ModelQueue } from '../lib/inference/model-queue.ts';
import type { RightOfWay } from '../lib/store/right-of-way.ts';
import type { Store } from '../lib/store/store.ts';
import { createEmbedders, type Embedders } from './embed/embedders.ts';
import { type Backlog, createBacklog } from './keep/backlog.ts';
import { createInHand, type InHand } from './keep/in-hand.ts';
import { createMemoryBoard, type MemoryBoard } from './keep/memory-board.ts';
import { createMemoryCounts, type MemoryCounts } from './keep/memory-counts.ts';
import { createRecall, type Recaller } from './recall/create-recall.ts';
import type { Recall } from './recall/recall.ts';
import type { Expand } from './recall/retrieve.ts';
import { recallFirst } from './recall-first.ts';

/** All that remembers and recalls in a daemon. */
export interface Memory {
  inference: Inference;
  modelQueue: ModelQueue;
  embedders: Embedders;
  /** Questions and what comes in go before what can wait. */
  rightOfWay: RightOfWay;
  memoryBoard: MemoryBoard;
  memoryCounts: MemoryCounts;
  /** Whether much waits to be remembered, for what can wait until that is done. */
  memoryBacklog: Backlog;
  /** What was said and cannot be recalled yet. */
  inHand: InHand;
  /** Counts nothing: whoever hands memories over does. */
  recall: Recall;
  recaller: Recaller;
}

export interface MemoryParts {
  store: Store;
  rightOfWay: RightOfWay;
  log: Parameters<typeof createMemoryCounts>[0]['log'];
  /** Milliseconds after which a recall goes without the reranker. */
  rerankDeadlineMs: () => number;
  /** What a found memory leads to. */
  expand: readonly Expand[];
  /** Takes the time of each recall. */
  timed: (recall: Recall) => Recall;
}

/** Makes the memory of a daemon. */
export function openMemory({ store, rightOfWay, log, rerankDeadlineMs, expand, timed }: MemoryParts): Memory {
  const modelQueue = createModelQueue();
  const { inference } = modelQueue;
  const embedders = createEmbedders(inference);
  const memoryBoard = createMemoryBoard();
  const recaller = recallFirst(
    createRecall({ store, embedders, reranker: inference, rerankDeadlineMs, expand }),
    rightOfWay,
  );
  return {
    inference,
    modelQueue,
    embedders,
    rightOfWay,
    memoryBoard,
    memoryCounts: createMemoryCounts({ store: rightOfWay.after(store), embedders, board: memoryBoard, log }),
    memoryBacklog: createBacklog(),
    inHand: createInHand(rightOfWay.hurry),
    recall: timed(recaller.recall),
    recaller,
  };
}
