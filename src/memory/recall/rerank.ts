import { messageOf } from '../../lib/errors.ts';
import type { Inference } from '../../lib/inference/inference.ts';

/** The scores of the passages from 0 to 1, or why there are none. */
export type Reranking =
  | { model: string; scores: readonly number[]; reason?: undefined }
  | { model?: undefined; scores?: undefined; reason: string };

export interface RerankOptions {
  reranker: Pick<Inference, 'reranker' | 'rerank'>;
  deadlineMs: number;
  signal: AbortSignal;
}

/** A cross-encoder takes time for every token, and what a passage is about shows at its beginning. */
const maxPassageChars = 600;

/** Asks the reranker, if it is ready and answers before the deadline. Rejects only when the signal is aborted. */
export async function rerankWithin(
  question: string,
  passages: readonly string[],
  { reranker, deadlineMs, signal }: RerankOptions,
): Promise<Reranking> {
  if (passages.length === 0) return { reason: 'there was nothing to rerank' };
  const state = reranker.reranker();
  if (state.state !== 'ready') return { reason: whyNot(state) };
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    const scores = await reranker.rerank(
      question.slice(0, maxPassageChars),
      passages.map((passage) => passage.slice(0, maxPassageChars)),
      { signal: AbortSignal.any([signal, deadline]) },
    );
    return { model: state.model, scores };
  } catch (thrown) {
    signal.throwIfAborted();
    return {
      reason: deadline.aborted
        ? `the reranker took longer than ${deadlineMs} ms`
        : `the reranker failed: ${messageOf(thrown)}`,
    };
  }
}

function whyNot(state: Exclude<ReturnType<Inference['reranker']>, { state: 'ready' }>): string {
  if (state.state === 'loading') return 'the reranker is loading';
  return state.state === 'off' ? 'the settings switch the reranker off' : state.reason;
}
