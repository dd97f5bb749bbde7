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
  const stated = sentences.map(statementOf);
  for (const [index, sentence] of sentences.entries()) {
    if (learned.has(sentence) || stated[index] === undefined) continue;
    chosen.add(index);
    if (leaning.test(sentence) && learned.has(sentences[index - 1] ?? '')) chosen.add(index - 1);
  }
  const note = [...chosen]
    .sort((a, b) => a - b)
    .map((index) => stated[index] ?? sentences[index])
    .join(' ');
  return [...learned.values(), ...(note === '' ? [] : [{ kind: 'note' as const, content: note }])];
}

/** What is said before the question in the same sentence: "Hanna has our tent, can you ask her for it?" */
const beforeQuestion =
  /^(?!(?:if|when|while|since|because|as|once|wenn|falls|weil|da|si|quand|cuando)\b)(.{10,}?)(?:\s*[,;–—]|\s-)\s*(?:(?:so|and|but|und|aber|also|et|y)\s)?(?=(?:can|could|would|will|do|does|did|is|are|should|shall|may|might|has|have|what|who|where|when|how|why|which|any|kann|kannst|könntest|könnt|weißt|soll|darf|ist|sind|was|wer|wo|wann|wie|warum|peux-tu|pouvez-vous|puedes|podrías)\b[^,;]*[?？][\s"')]*$)/iu;

/** The sentence where it is a statement, or the part of it that is one. */
function statementOf(sentence: string): string | undefined {
  const does = utteranceOf(sentence);
  if (does === 'statement') return sentence;
  if (does !== 'question') return undefined;
  const said = beforeQuestion.exec(sentence)?.[1];
  return said !== undefined && utteranceOf(said) === 'statement' ? said : undefined;
}

/** A command with a colon, and what is to be worked on behind it. */
function handsOver(message: string): boolean {
  const [, order] = /^([^.!?\n:]{3,80}):\s*\S/u.exec(message.trim()) ?? [];
  return order !== undefined && utteranceOf(order) === 'command';
}
