import { embedLexically } from '../embed/lexical-embedder.ts';
import { chunkText, wholeUpToChars } from './chunk.ts';
import { storableText } from '../../lib/store/storable.ts';
import { keysOf, type MemoryKeys } from './keys.ts';
import { plainCodes } from './plain-codes.ts';
import { redact } from './redact.ts';

/** A text as it may be remembered. */
export interface PreparedText {
  /** Without NUL, halves of characters and secrets. */
  text: string;
  redacted: number;
  /** The text itself where it is short enough for one memory. */
  chunks: string[];
  /** The lexical vector of each chunk. */
  vectors: Float32Array[];
  keys: MemoryKeys;
  /** See `plainCodes`; undefined too where the text is cut. */
  codes: string[] | undefined;
}

/** Cleans, redacts and cuts a text, embeds the pieces lexically, and finds its keys. Takes some milliseconds, or seconds for megabytes. */
export async function prepareText(raw: string): Promise<PreparedText> {
  const { text, count } = await redact(storableText(raw));
  const cut = text.length <= wholeUpToChars ? [] : chunkText(text);
  const chunks = cut.length === 0 ? [text.slice(0, wholeUpToChars)] : cut;
  return {
    text,
    redacted: count,
    chunks,
    vectors: chunks.map(embedLexically),
    keys: keysOf(text),
    codes: chunks[0] === text ? plainCodes(text) : undefined,
  };
}
