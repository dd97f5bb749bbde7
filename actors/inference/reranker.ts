import { AutoModelForSequenceClassification, type Tensor } from '@huggingface/transformers';
import type { Work, WorkItem } from '../../src/lib/inference/work.ts';
import {
  inputTensors,
  type LoadOptions,
  loadTokenizer,
  type ModelConfig,
  pretrainedOptions,
  sequenceBuilderFor,
} from './pretrained.ts';

/** Loads a cross-encoder with one logit, whose sigmoid is the score, or with two, of which the second means relevant. */
export async function loadReranker(options: LoadOptions) {
  const tokenizer = await loadTokenizer(options);
  const model = await AutoModelForSequenceClassification.from_pretrained(
    options.name,
    pretrainedOptions(options),
  );
  const sequences = sequenceBuilderFor(tokenizer, model.config as ModelConfig);

  async function compute(_work: Work, items: readonly WorkItem[]): Promise<number[]> {
    const input = inputTensors(
      items.map(([query, passage = '']) => sequences.pair(query, passage)),
      tokenizer.pad_token_id,
    );
    try {
      const { logits } = (await model(input.tensors)) as { logits: Tensor };
      const scores = scoresOf(logits);
      logits.dispose();
      return scores;
    } finally {
      input.dispose();
    }
  }

  await compute('pair', [['a', 'a']]);
  return { dimensions: undefined, compute };
}

function scoresOf({ data, dims: [rows = 0, classes = 0] }: Tensor): number[] {
  if (classes !== 1 && classes !== 2)
    throw new Error(`the model sorts into ${classes} classes; it should score`);
  const logits = data as Float32Array;
  return Array.from({ length: rows }, (_, row) => {
    const against = classes === 2 ? (logits[row * 2] ?? 0) : 0;
    const score = 1 / (1 + Math.exp(against - (logits[(row + 1) * classes - 1] ?? NaN)));
    if (Number.isNaN(score)) throw new Error('the model puts out a score that is no number');
    return score;
  });
}
