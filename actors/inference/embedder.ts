import { AutoModel, type Tensor } from '@huggingface/transformers';
import { embeddingRecipe } from '../../src/lib/inference/embedding-recipe.ts';
import { knowsText } from '../../src/lib/inference/knows-text.ts';
import type { Work, WorkItem } from '../../src/lib/inference/work.ts';
import {
  inputTensors,
  type LoadOptions,
  loadTokenizer,
  type ModelConfig,
  pretrainedOptions,
  sequenceBuilderFor,
} from './pretrained.ts';

interface ModelOutput {
  last_hidden_state?: Tensor;
  sentence_embedding?: Tensor;
}

/** Most that pgvector can index. */
const mostDimensions = 2_000;

/** Loads a BERT-like encoder and measures, by embedding a word, how long its vectors are. */
export async function loadEmbedder(options: LoadOptions) {
  const tokenizer = await loadTokenizer(options);
  const model = await AutoModel.from_pretrained(options.name, pretrainedOptions(options));
  const config = model.config as ModelConfig;
  const sequences = sequenceBuilderFor(tokenizer, config);
  const recipe = embeddingRecipe(options.model);

  const isKnown = (text: string, ids: readonly number[]): boolean =>
    ids.length > 0 &&
    knowsText({
      text,
      count: ids.length,
      unknown: ids.filter((id) => id === tokenizer.unk_token_id).length,
    });

  async function compute(work: Work, items: readonly WorkItem[]): Promise<Float32Array[]> {
    const isQuery = work === 'query' || work === 'builtInQuery';
    const prefix = isQuery ? recipe.queryPrefix : recipe.passagePrefix;
    const built = items.map(([text]) => sequences.single(prefix + text));
    const known = items.map(
      ([text], index) => !recipe.knowsOnlyEnglish || isKnown(text, built[index]?.ids ?? []),
    );
    const input = inputTensors(built, tokenizer.pad_token_id);
    try {
      const output = (await model(input.tensors)) as ModelOutput;
      const { last_hidden_state: states, sentence_embedding: whole } = output;
      const tensor = states ?? whole;
      if (tensor === undefined) throw new Error('the model puts out no hidden states');
      const vectors =
        states === undefined ? rowsOf(tensor) : pooled(states, input.tensors.attention_mask, recipe.pooling);
      tensor.dispose();
      return vectors.map((vector, index) =>
        known[index] === true ? toUnitLength(vector) : new Float32Array(vector.length),
      );
    } finally {
      input.dispose();
    }
  }

  const dimensions = (await compute('passage', [['a']]))[0]?.length ?? 0;
  if (config.hidden_size !== undefined && config.hidden_size !== dimensions)
    throw new Error(
      `the model puts out ${dimensions} dimensions, but its config.json says ${config.hidden_size}`,
    );
  if (dimensions > mostDimensions)
    throw new Error(`${dimensions} dimensions are more than the ${mostDimensions} that can be indexed`);
  return { dimensions, compute };
}

/** One vector for each row of hidden states. */
function pooled(states: Tensor, mask: Tensor, pooling: 'cls' | 'mean'): Float32Array[] {
  const [rows = 0, width = 0, dimensions = 0] = states.dims;
  const values = states.data as Float32Array;
  const visible = mask.data as BigInt64Array;
  return Array.from({ length: rows }, (_, row) => {
    const vector = new Float32Array(dimensions);
    for (let column = 0; column < (pooling === 'cls' ? 1 : width); column += 1) {
      if (visible[row * width + column] === 0n) continue;
      const at = (row * width + column) * dimensions;
      for (let index = 0; index < dimensions; index += 1)
        vector[index] = (vector[index] ?? 0) + (values[at + index] ?? 0);
    }
    return vector;
  });
}

/** The rows of a tensor in which the model has pooled by itself. */
function rowsOf({ dims: [rows = 0, dimensions = 0], data }: Tensor): Float32Array[] {
  const values = data as Float32Array;
  return Array.from({ length: rows }, (_, row) => values.slice(row * dimensions, (row + 1) * dimensions));
}

/** Throws where a vector has no direction. */
function toUnitLength(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (!(length > 0 && length < Infinity)) throw new Error('the model puts out a vector without a direction');
  return vector.map((value) => value / length);
}
