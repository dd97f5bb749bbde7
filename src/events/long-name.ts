import { maxKeyCharacters } from '../lib/wire/event-key.ts';
import type { WireEvent } from '../lib/wire/parse-line.ts';

/** What was expected of an event whose conversation is too long for an index of the store; undefined for all others. */
export function longName({
  conversation,
  fork,
}: Pick<WireEvent, 'conversation' | 'fork'>): string | undefined {
  if (conversation === undefined && fork === undefined) return undefined;
  const long = [conversation, fork].find((name) => name !== undefined && name.length > maxKeyCharacters);
  return long && `expected a conversation of at most ${maxKeyCharacters} characters, got ${long.length}`;
}
