import type { ExtractionLimits } from '../../src/graph/extract/extract.ts';
import type { EntityName, Extraction } from '../../src/graph/extract/extraction.ts';
import type { Reader } from '../../src/graph/learn.ts';
import type { Inference, NamedEntity } from '../../src/lib/inference/inference.ts';
import type { Trust } from '../../src/lib/wire/trust.ts';
import { createThread } from '../threads/thread.ts';
import type { ReaderTask } from './reader-worker.ts';

export interface ReaderDeps {
  /** The models, where there are some: names that the NER model sees are taken too. */
  inference?: Pick<Inference, 'ner' | 'entities'> | undefined;
  /** Milliseconds that one text may take (default 20 s); past it the thread is ended and the text given up. */
  deadlineMs?: number;
}

/** A reader that owns a thread: started when there is something to read, so that a quiet daemon does not carry it. */
export interface ThreadReader extends Reader {
  /** Ends the thread until it is needed again. */
  close(): Promise<void>;
}

const defaultDeadlineMs = 20_000;
const nerDeadlineMs = 10_000;
const maxHeapMib = 256;
const maxTextChars = 200_000;

/** Most names and relations that one text may add; a stranger's mail of ten thousand names adds no more. */
const limitsOf: Readonly<Record<Trust, ExtractionLimits>> = {
  owner: { entities: 100, relations: 150 },
  local: { entities: 100, relations: 150 },
  untrusted: { entities: 30, relations: 40 },
};

/**
 * Reads texts in a worker thread: grammar takes milliseconds a sentence and half a second to load, which the daemon's
 * own loop does not have. A thread that hangs or dies fails the text at hand; the next text gets a new thread.
 */
export function createReader({ inference, deadlineMs = defaultDeadlineMs }: ReaderDeps = {}): ThreadReader {
  const thread = createThread<ReaderTask>({
    entry: new URL('./reader-worker.ts', import.meta.url),
    failure: 'the text could not be read',
    deadlineMs,
    maxHeapMib,
  });
  let names: readonly EntityName[] = [];

  /** A new thread has to be told again which names are known. */
  async function ask<Result>(task: ReaderTask): Promise<Result> {
    if (!thread.isRunning() && task.type !== 'names' && names.length > 0) {
      await thread.ask({ type: 'names', names });
    }
    return thread.ask<Result>(task);
  }

  async function namedIn(sentences: readonly string[]): Promise<NamedEntity[][]> {
    if (inference?.ner().state !== 'ready' || sentences.length === 0) return [];
    // Without the model the other ways serve.
    return inference.entities(sentences, { signal: AbortSignal.timeout(nerDeadlineMs) }).catch(() => []);
  }

  return {
    async learnNames(known) {
      names = known;
      await ask({ type: 'names', names });
    },
    async read(text, trust) {
      const sentences = await ask<string[]>({ type: 'sentences', text: text.slice(0, maxTextChars) });
      const named = await namedIn(sentences);
      return ask<Extraction>({ type: 'extract', sentences, limits: limitsOf[trust], named });
    },
    close: () => thread.close(),
  };
}
