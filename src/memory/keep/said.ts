import type { MemoryKind } from '../kinds.ts';
import { isDictation, type OwnerStatement, statementsBySentence } from './owner-statements.ts';
import { proseOf } from './sentences.ts';
import { utteranceOf } from './utterance.ts';

/** Words of the owner that are kept as they were said. */
export interface KeptWords {
  kind: Extract<MemoryKind, 'note' | OwnerStatement['kind']>;
  content: string;
}

/** A longer message is a document that was pasted, and stands in the events. */
const maxChars = 4_000;
const maxSentences = 40;
/** A sentence that begins so leans on the one before it. */
const leaning =
  /^(?:he|she|it|they|him|her|them|this|that|these|those|there|so|but|and|because|which|who|er|sie|es|das|dort|da|il|elle|ils|elles|ça|él|ella|eso|他|她|它|这|那|それ|彼)(?![\p{L}\p{N}-])/iu;

/**
 * What is kept of a message of the owner: facts and preferences as memories of their own, and the other statements as one
 * note, in their order and words. Questions, greetings, commands, quotations, code, tables and what is handed over to be
 * worked on are not kept.
 */
export function wordsToKeep(message: string): KeptWords[] {
  if (message.length > maxChars || isDictation(message) || handsOver(message)) return [];
  const learned = statementsBySentence(message);
  const sentences = proseOf(message).slice(0, maxSentences);
  const chosen = new Set<number>();
  for (const [index, sentence] of sentences.entries()) {
    if (learned.has(sentence) || utteranceOf(sentence) !== 'statement') continue;
    chosen.add(index);
    if (leaning.test(sentence) && learned.has(sentences[index - 1] ?? '')) chosen.add(index - 1);
  }
  const note = [...chosen]
    .sort((a, b) => a - b)
    .map((index) => sentences[index])
    .join(' ');
  return [...learned.values(), ...(note === '' ? [] : [{ kind: 'note' as const, content: note }])];
}

/** A command with a colon, and what is to be worked on behind it. */
function handsOver(message: string): boolean {
  const [, order] = /^([^.!?\n:]{3,80}):\s*\S/u.exec(message.trim()) ?? [];
  return order !== undefined && utteranceOf(order) === 'command';
}
