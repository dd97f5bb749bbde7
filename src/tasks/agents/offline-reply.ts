import { readPrompt } from '../run/prompt.ts';

const maxQuotes = 3;
const maxQuoteChars = 500;

/** What the offline agent says to a prompt: that no model answered, and the closest memories word for word. */
export function offlineReply(prompt: string): string {
  const { memories, withoutMemories } = readPrompt(prompt);
  const opening = 'I am the offline agent: no language model answered this, and nothing was done about it.\n';
  if (withoutMemories !== null) return `${opening}Nor could I look into the memories: ${withoutMemories}.\n`;
  if (memories.length === 0) return `${opening}I found no memory that is close to your message.\n`;
  const quotes = memories.slice(0, maxQuotes).map((memory) => `> ${clip(memory).replaceAll('\n', '\n> ')}\n`);
  return `${opening}The closest of what I remember:\n${quotes.join('\n')}`;
}

function clip(text: string): string {
  return text.length <= maxQuoteChars ? text : `${text.slice(0, maxQuoteChars - 1)}…`;
}
