/** Token ids with the number of the part that each belongs to. */
export interface TokenSequence {
  ids: readonly number[];
  types: readonly number[];
}

/** A tokenizer: the tokens of one text or of a pair, with or without the special ones. `types` may be missing. */
export type Encode = (
  text: string,
  options: { pair?: string; special: boolean },
) => { ids: readonly number[]; types?: readonly number[] | undefined };

/** Sets texts between a model's special tokens, and cuts them so that these always remain. */
export interface SequenceBuilder {
  single(text: string): TokenSequence;
  /** The first keeps at least half of the room when both are too long together. */
  pair(first: string, second: string): TokenSequence;
}

const probe = 'a';

/**
 * Learns from a tokenizer where it puts special tokens, since cutting a sequence that it has put together would cut off
 * the last one. `windowTokens` is the most that the model takes. Throws where the tokenizer does not put texts in as
 * they are.
 */
export function createSequenceBuilder(encode: Encode, windowTokens: number): SequenceBuilder {
  const bare = encode(probe, { special: false }).ids;
  const one = sequenceOf(encode(probe, { special: true }));
  const two = sequenceOf(encode(probe, { special: true, pair: probe }));
  const onlyAt = placeOf(bare, one.ids, 0);
  const firstAt = placeOf(bare, two.ids, 0);
  const secondAt = placeOf(bare, two.ids, firstAt + bare.length);
  const idsOf = (text: string): readonly number[] => encode(text, { special: false }).ids;
  const repeat = (type: number | undefined, ids: readonly number[]) => ids.map(() => type ?? 0);

  return {
    single(text) {
      const room = windowTokens - (one.ids.length - bare.length);
      const ids = idsOf(text).slice(0, room);
      return joined([
        slice(one, 0, onlyAt),
        { ids, types: repeat(one.types[onlyAt], ids) },
        slice(one, onlyAt + bare.length),
      ]);
    },
    pair(first, second) {
      const room = windowTokens - (two.ids.length - 2 * bare.length);
      const firstIds = idsOf(first);
      const secondIds = idsOf(second);
      const ours = firstIds.slice(0, Math.max(Math.floor(room / 2), room - secondIds.length));
      const theirs = secondIds.slice(0, room - ours.length);
      return joined([
        slice(two, 0, firstAt),
        { ids: ours, types: repeat(two.types[firstAt], ours) },
        slice(two, firstAt + bare.length, secondAt),
        { ids: theirs, types: repeat(two.types[secondAt], theirs) },
        slice(two, secondAt + bare.length),
      ]);
    },
  };
}

function sequenceOf({ ids, types }: ReturnType<Encode>): TokenSequence {
  return { ids, types: types ?? ids.map(() => 0) };
}

function slice({ ids, types }: TokenSequence, from: number, to?: number): TokenSequence {
  return { ids: ids.slice(from, to), types: types.slice(from, to) };
}

function joined(parts: readonly TokenSequence[]): TokenSequence {
  return { ids: parts.flatMap(({ ids }) => ids), types: parts.flatMap(({ types }) => types) };
}

function placeOf(part: readonly number[], ids: readonly number[], from: number): number {
  const place = ids.findIndex((_, at) => at >= from && part.every((id, offset) => ids[at + offset] === id));
  if (part.length === 0 || place === -1)
    throw new Error('the tokenizer does not put a text between its special tokens');
  return place;
}
