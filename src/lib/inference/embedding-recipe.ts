/** How much the cosines of an encoder count beside words; found with `npm run bench:recall -- --tune`. */
export interface EncoderVoice {
  /**
   * What a memory would get in the fused score whose cosine is 1 above the mean of all candidates, beside 1 for one that says
   * every word of the question. It is larger for encoders that put all texts close to each other.
   */
  weight: number;
  /** A cosine below which a memory that no word found is unrelated. */
  unrelatedBelow: number;
  /** Words of a question up to which it speaks in full, of longer ones by so much less; default: it always does. */
  fullUpToWords?: number;
}

/** Recipe that makes a vector of an embedder's output, and says how far to trust it. */
export interface EmbeddingRecipe {
  /** The state of the first token, or the mean of the states of all; a model that puts out one vector by itself needs neither. */
  pooling: 'cls' | 'mean';
  /** Prefixes of a query and of a passage with which the model was trained. */
  queryPrefix: string;
  passagePrefix: string;
  voice: EncoderVoice;
  /** True where it was trained on English alone: it does not judge texts in other scripts. */
  knowsOnlyEnglish: boolean;
}

/** What a model of which nothing was measured may say. */
const cautious: EncoderVoice = { weight: 0.3, unrelatedBelow: 0.45 };

const plain: EmbeddingRecipe = {
  pooling: 'mean',
  queryPrefix: '',
  passagePrefix: '',
  voice: cautious,
  knowsOnlyEnglish: false,
};

/** Pooling and prefixes from the models' cards, since the folders themselves do not say it. */
const families: readonly (readonly [name: RegExp, recipe: EmbeddingRecipe])[] = [
  [/\/use-lite-en/, { ...plain, voice: { weight: 0.5, unrelatedBelow: 0.25 }, knowsOnlyEnglish: true }],
  [
    /\/bge-(small|base|large)-en|\/snowflake-arctic-embed|\/mxbai-embed/,
    {
      pooling: 'cls',
      queryPrefix: 'Represent this sentence for searching relevant passages: ',
      passagePrefix: '',
      // Not measured: no weights were at hand. About half of what MiniLM's would be for cosines so close to each other.
      voice: { weight: 0.8, unrelatedBelow: 0.45 },
      knowsOnlyEnglish: true,
    },
  ],
  [/\/bge-m3|\/gte-.*-v1\.5/, { ...plain, pooling: 'cls' }],
  [
    /\/multilingual-e5-/,
    {
      ...plain,
      queryPrefix: 'query: ',
      passagePrefix: 'passage: ',
      voice: { weight: 1.5, unrelatedBelow: 0.75 },
    },
  ],
  [
    /\/e5-/,
    {
      ...plain,
      queryPrefix: 'query: ',
      passagePrefix: 'passage: ',
      voice: { weight: 1.5, unrelatedBelow: 0.75 },
      knowsOnlyEnglish: true,
    },
  ],
  [/\/all-MiniLM-/, { ...plain, voice: { weight: 0.9, unrelatedBelow: 0.2 }, knowsOnlyEnglish: true }],
];

/** The recipe of a model by its name; for a family that is not known, the mean and no prefix, as most have it. */
export function embeddingRecipe(model: string): EmbeddingRecipe {
  return families.find(([name]) => name.test(model))?.[1] ?? plain;
}
