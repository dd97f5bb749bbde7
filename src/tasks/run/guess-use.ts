import type { StreamEvent } from './stream-event.ts';
import type { StreamReader } from './stream-reader.ts';

/** Characters of a token: English has four, code and other languages fewer. */
const charsPerToken = 3;
/**
 * What a CLI tells the model before the prompt, in tokens: its instructions and the descriptions of its tools. A first request of
 * Codex 0.171 has 26 KB, one of Gemini CLI 0.61 has 51 KB.
 */
const instructionTokens = 13_000;

/**
 * A reader that adds to the stream of a CLI which tells its tokens at its end only what it may have used by then. Each answer of
 * the model is a round, for which all of the rounds before is read again, as a rule from the cache. Neither a session's
 * earlier turns nor silent thoughts are known here: the result, which takes the place of the guess, has both.
 */
export function guessingUse(reader: StreamReader, prompt: string): StreamReader {
  let model: string | undefined;
  let round = 1;
  let readBefore = 0;
  let readChars = instructionTokens * charsPerToken + prompt.length;
  let saidChars = 0;

  const guess = (): StreamEvent => ({
    kind: 'spent',
    spent: {
      id: `round ${round}`,
      model,
      thread: '',
      inputTokens: tokensOf(readChars),
      outputTokens: tokensOf(saidChars),
      cacheReadTokens: tokensOf(readBefore),
      cacheWriteTokens: 0,
    },
  });
  /** Tools of one answer return one after the other; the model reads them together. */
  const hearResults = (chars: number): void => {
    if (saidChars > 0) {
      round += 1;
      readBefore += readChars + saidChars;
      readChars = 0;
      saidChars = 0;
    }
    readChars += chars;
  };
  const withGuess = (event: StreamEvent): StreamEvent[] => {
    switch (event.kind) {
      case 'init':
        model = event.model ?? model;
        break;
      case 'text':
        saidChars += event.text.length;
        break;
      case 'message':
        // Its words came as text.
        saidChars += event.calls.reduce((sum, { input }) => sum + JSON.stringify(input).length, 0);
        break;
      case 'tool-results':
        hearResults(event.results.reduce((sum, { text }) => sum + text.length, 0));
        break;
      default:
        return [event];
    }
    return [event, guess()];
  };
  return {
    push: (chunk) => reader.push(chunk).flatMap(withGuess),
    end: () => reader.end().flatMap(withGuess),
    get overflowed() {
      return reader.overflowed;
    },
  };
}

function tokensOf(chars: number): number {
  return Math.ceil(chars / charsPerToken);
}
