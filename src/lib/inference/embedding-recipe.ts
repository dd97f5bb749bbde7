/** Recipe that makes a vector of an embedder's output. */
export interface EmbeddingRecipe {
  /** The state of the first token, or the mean of the states of all. */
  pooling: 'cls' | 'mean';
  /** Prefixes of a query and of a passage with which the model was trained. */
  queryPrefix: string;
  passagePrefix: string;
}

const plain: EmbeddingRecipe = { pooling: 'mean', queryPrefix: '', passagePrefix: '' };

/** From the models' cards; the folders themselves do not say it. */
const families: readonly (readonly [name: RegExp, recipe: EmbeddingRecipe])[] = [
  [
    /\/bge-(small|base|large)-en|\/snowflake-arctic-embed|\/mxbai-embed/,
    {
      pooling: 'cls',
      queryPrefix: 'Represent this sentence for searching relevant passages: ',
      passagePrefix: '',
    },
  ],
  [/\/bge-m3|\/gte-.*-v1\.5/, { ...plain, pooling: 'cls' }],
  [/\/(multilingual-)?e5-/, { pooling: 'mean', queryPrefix: 'query: ', passagePrefix: 'passage: ' }],
];

/** The recipe of a model by its name; for a family that is not known, the mean and no prefix, as most have it. */
export function embeddingRecipe(model: string): EmbeddingRecipe {
  return families.find(([name]) => name.test(model))?.[1] ?? plain;
}
