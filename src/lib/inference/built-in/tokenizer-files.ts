import { z } from 'zod';
import { useLiteDimensions, useLiteWindow } from './use-lite-graph.ts';

/** Colons and smileys have no score there, which the original adds up as 0. */
const vocabulary = z.array(z.tuple([z.string(), z.number().nullable()])).min(100);
/** The first pieces stand for something else than their text. */
const reserved = ['<unk>', '<s>', '</s>'];
const reservedPieces = 6;
/** So unlikely a piece is never chosen. */
const never = -50;

/** The configuration and the tokenizer of the built-in encoder in the layout of the hub, made of the package's vocabulary. */
export function tokenizerFiles(vocab: unknown): Record<string, object> {
  const pieces = vocabulary.parse(vocab);
  const special = ['<unk>', '</s>'].map((content) => ({
    id: reserved.indexOf(content),
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', add_prefix_space: true };
  return {
    'config.json': {
      architectures: ['BertModel'],
      model_type: 'bert',
      hidden_size: useLiteDimensions,
      max_position_embeddings: useLiteWindow,
      vocab_size: pieces.length,
    },
    'tokenizer_config.json': {
      tokenizer_class: 'PreTrainedTokenizerFast',
      model_max_length: useLiteWindow,
      pad_token: '</s>',
      unk_token: '<unk>',
      clean_up_tokenization_spaces: false,
    },
    'tokenizer.json': {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: special,
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'NFKC' },
          { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
          { type: 'Strip', strip_left: true, strip_right: true },
        ],
      },
      pre_tokenizer: { ...metaspace, split: true },
      post_processor: null,
      decoder: metaspace,
      model: {
        type: 'Unigram',
        unk_id: 0,
        byte_fallback: false,
        vocab: pieces.map(([piece, score], id) =>
          id < reservedPieces ? [reserved[id] ?? piece, never] : [piece, score ?? 0],
        ),
      },
    },
  };
}
