import { AutoModelForTokenClassification, type Tensor } from '@huggingface/transformers';
import { joinNames, splitWords, type Word, type WordLabel } from '../../src/lib/inference/join-names.ts';
import type { Work, WorkItem, WorkResults } from '../../src/lib/inference/work.ts';
import {
  inputTensors,
  type LoadOptions,
  loadTokenizer,
  type ModelConfig,
  pretrainedOptions,
  windowOf,
} from './pretrained.ts';

/** The tokens of a text's words, as many as fit, and where each word begins among them. */
interface SplitText {
  words: Word[];
  firstToken: number[];
  ids: number[];
}

/**
 * Loads a token classifier with labels such as `B-PER`. Words are tokenized one by one, so that each has its place in
 * the text; the label of a word is that of its first token, as in training.
 */
export async function loadNer(options: LoadOptions) {
  const tokenizer = await loadTokenizer(options);
  const model = await AutoModelForTokenClassification.from_pretrained(
    options.name,
    pretrainedOptions(options),
  );
  const config = model.config as ModelConfig;
  const window = windowOf(tokenizer, config);
  const labels = config.id2label ?? {};
  const idsOf = (text: string, special: boolean) =>
    tokenizer(text, { add_special_tokens: special, return_tensor: false }).input_ids;
  const [first, last] = idsOf('', true);
  if (first === undefined || last === undefined) throw new Error('the tokenizer sets no special tokens');

  function split(text: string): SplitText {
    const taken: SplitText = { words: [], firstToken: [], ids: [first as number] };
    for (const word of splitWords(text)) {
      const ids = idsOf(word.text, false);
      if (taken.ids.length + ids.length >= window) break;
      if (ids.length === 0) continue;
      taken.words.push(word);
      taken.firstToken.push(taken.ids.length);
      taken.ids.push(...ids);
    }
    taken.ids.push(last as number);
    return taken;
  }

  async function compute(_work: Work, items: readonly WorkItem[]): Promise<WorkResults['names'][]> {
    const texts = items.map(([text]) => split(text));
    const input = inputTensors(
      texts.map(({ ids }) => ({ ids, types: [] })),
      tokenizer.pad_token_id,
    );
    try {
      const { logits } = (await model(input.tensors)) as { logits: Tensor };
      const found = texts.map(({ words, firstToken }, row) =>
        joinNames(
          words,
          firstToken.map((token) => labelAt(logits, row * input.width + token, labels)),
        ),
      );
      logits.dispose();
      return found;
    } finally {
      input.dispose();
    }
  }

  await compute('names', [['a']]);
  return { dimensions: undefined, compute };
}

/** The likeliest label of a token and its probability, by softmax. */
function labelAt({ data, dims }: Tensor, token: number, labels: Readonly<Record<string, string>>): WordLabel {
  const classes = dims[2] ?? 0;
  const logits = (data as Float32Array).subarray(token * classes, (token + 1) * classes);
  let best = 0;
  logits.forEach((logit, index) => {
    if (logit > (logits[best] ?? -Infinity)) best = index;
  });
  const top = logits[best] ?? 0;
  const score = 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0);
  return { label: labels[best] ?? 'O', score };
}
