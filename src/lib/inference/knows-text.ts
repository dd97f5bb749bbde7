/** What an encoder's tokenizer made of a text. */
export interface Pieces {
  text: string;
  /** Pieces without the special ones, and how many of them stand for something that the tokenizer does not know. */
  count: number;
  unknown: number;
}

const mostOtherScripts = 0.3;
const mostUnknown = 0.2;
const otherLetter = /(?!\p{Script=Latin})\p{L}/gu;

/**
 * Whether an encoder that was trained on English alone may judge a text: most of its letters are Latin, and few of its pieces
 * are unknown. Of anything else its vector says nothing but noise.
 */
export function knowsText({ text, count, unknown }: Pieces): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const others = text.match(otherLetter)?.length ?? 0;
  return others <= mostOtherScripts * letters && unknown <= mostUnknown * count;
}
