import {
  AutoTokenizer,
  type PreTrainedTokenizer,
  type ProgressInfo,
  Tensor,
} from '@huggingface/transformers';
import {
  createSequenceBuilder,
  type SequenceBuilder,
  type TokenSequence,
} from '../../src/lib/inference/token-sequence.ts';
import type { ModelPrecision } from '../../src/lib/inference/find-model.ts';

export interface LoadOptions {
  /** Its name for transformers.js: a folder, or a name on the hub. */
  name: string;
  /** Its name on the hub in any case. */
  model: string;
  dtype: ModelPrecision;
  progress: (info: ProgressInfo) => void;
}

/** Cores are let go between two runs, instead of being kept busy waiting. */
const sessionOptions = { extra: { session: { intra_op: { allow_spinning: '0' } } } };

/** The part of a model's configuration that matters here. */
export interface ModelConfig {
  model_type?: string;
  hidden_size?: number;
  max_position_embeddings?: number;
  id2label?: Record<string, string>;
}

const longestWindow = 512;

/** Options of `from_pretrained`. */
export function pretrainedOptions({ dtype, progress }: LoadOptions) {
  return { dtype, progress_callback: progress, session_options: sessionOptions };
}

/** A model's tokenizer. */
export async function loadTokenizer({ name }: LoadOptions): Promise<PreTrainedTokenizer> {
  return AutoTokenizer.from_pretrained(name);
}

/** Builds sequences that fit the model. */
export function sequenceBuilderFor(tokenizer: PreTrainedTokenizer, config: ModelConfig): SequenceBuilder {
  return createSequenceBuilder(
    (text, { pair, special }) => {
      const { input_ids, token_type_ids } = tokenizer(text, {
        text_pair: pair ?? null,
        add_special_tokens: special,
        return_tensor: false,
      });
      return { ids: input_ids, types: token_type_ids };
    },
    windowOf(tokenizer, config),
  );
}

/** Tokens that a model takes, special ones included: 512 at most. */
export function windowOf(tokenizer: PreTrainedTokenizer, config: ModelConfig): number {
  // RoBERTa counts positions from two on.
  const reserved = /roberta/.test(config.model_type ?? '') ? 2 : 0;
  const positions = (config.max_position_embeddings ?? Infinity) - reserved;
  return Math.min(longestWindow, positions, Number(tokenizer.model_max_length));
}

/** Sequences as the model's inputs, padded to the longest. Their taker calls `dispose` in the end. */
export function inputTensors(sequences: readonly TokenSequence[], padId: number) {
  const width = Math.max(...sequences.map(({ ids }) => ids.length));
  const shape = [sequences.length, width];
  const ids = new BigInt64Array(sequences.length * width).fill(BigInt(padId));
  const mask = new BigInt64Array(sequences.length * width);
  const types = new BigInt64Array(sequences.length * width);
  sequences.forEach((sequence, row) => {
    sequence.ids.forEach((id, column) => {
      const at = row * width + column;
      ids[at] = BigInt(id);
      mask[at] = 1n;
      types[at] = BigInt(sequence.types[column] ?? 0);
    });
  });
  const tensors = {
    input_ids: new Tensor('int64', ids, shape),
    attention_mask: new Tensor('int64', mask, shape),
    token_type_ids: new Tensor('int64', types, shape),
  };
  return { width, tensors, dispose: () => Object.values(tensors).forEach((tensor) => tensor.dispose()) };
}
