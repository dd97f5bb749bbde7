import { createHash } from 'node:crypto';
import { maxMessageChars, rendered, splitText } from './split.ts';

/** One message of a reply. */
export interface OutgoingPart {
  content: string;
  file?: { name: string; text: string };
}

/** More messages than these are one, with the whole text as a file. */
const maxParts = 5;
const summaryChars = 1_500;

/** A text as the messages in which it is sent; blank ones are left out, since Discord takes none. */
export function partsOf(text: string): OutgoingPart[] {
  const parts = splitText(text)
    .map(rendered)
    .filter((content) => content.trim() !== '');
  if (parts.length === 0) return [{ content: '(an empty reply)' }];
  if (parts.length <= maxParts) return parts.map((content) => ({ content }));
  return [withFile(text)];
}

/** The name of one message to Discord, the same at every attempt: at most 25 characters. */
export function nonceOf(token: string, index: number): string {
  return `${token}${index.toString(16).padStart(5, '0')}`;
}

/** A name made of words, where there is no token. */
export function nonceFor(...words: (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 25);
}

function withFile(text: string): OutgoingPart {
  const [first] = splitText(text, summaryChars).map(rendered);
  const note = `\n\n… (the whole reply is attached: ${text.length.toLocaleString('en')} characters)`;
  return {
    content: `${(first ?? '').trimEnd()}${note}`.slice(0, maxMessageChars),
    file: { name: 'reply.md', text },
  };
}
