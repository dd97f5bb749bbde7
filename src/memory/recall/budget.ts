/** The part of a ranked text that is kept. */
export interface Fitted {
  /** Cut where the budget ended within it; empty when it is left out. */
  content: string;
  verdict: 'whole' | 'cut' | 'over budget' | 'over limit';
}

/** A remainder shorter than this says nothing: better to leave the text out. */
const minUsefulTokens = 20;
const charsAToken = 4;

/**
 * Estimates the tokens that a text has for a language model: its characters by four, and no fewer than its characters
 * outside of ASCII, of which one is often a token of its own. Tokenizers differ, so it is no count on purpose.
 */
export function estimateTokens(text: string): number {
  let wide = 0;
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x2e7f) wide += 1;
  return Math.ceil((text.length - wide) / charsAToken + wide);
}

/**
 * Fits ranked texts, best first, into `limit` places and `budgetTokens` tokens: a text that begins to fit is cut, later
 * ones may still fit.
 */
export function fitBudget(
  ranked: readonly string[],
  { limit, budgetTokens }: { limit: number; budgetTokens: number },
): Fitted[] {
  let places = limit;
  let left = budgetTokens;
  return ranked.map((text) => {
    if (places <= 0) return { content: '', verdict: 'over limit' };
    const tokens = estimateTokens(text);
    if (tokens > left && left < minUsefulTokens) return { content: '', verdict: 'over budget' };
    places -= 1;
    const content = tokens > left ? cut(text, left) : text;
    left -= estimateTokens(content);
    return { content, verdict: content === text ? 'whole' : 'cut' };
  });
}

/** The longest beginning, by halving, whose tokens with the ellipsis stay within the budget. */
function cut(text: string, tokens: number): string {
  let fits = 0;
  let tooLong = text.length;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (estimateTokens(`${text.slice(0, middle)}…`) <= tokens) fits = middle;
    else tooLong = middle;
  }
  const isHighSurrogate = (text.charCodeAt(fits - 1) & 0xfc00) === 0xd800;
  return `${text.slice(0, isHighSurrogate ? fits - 1 : fits)}…`;
}
