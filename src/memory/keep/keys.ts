import { createHash } from 'node:crypto';
import { crudeWords } from './alike.ts';
import { changeKey, saysChange } from './change.ts';
import { thingsIn } from './thing.ts';

/** What a memory is looked up by when another one comes. */
export interface MemoryKeys {
  /** The same for all texts that say the same by `saysTheSame`; others may share it by chance. */
  mergeKey: string;
  /** The things of which it says a value, and `change` where it says that something is otherwise than before. */
  things: string[];
}

/** The keys of a text. */
export function keysOf(content: string): MemoryKeys {
  const words = crudeWords(content);
  const told = words.length === 0 ? content.trim() : words.join(' ');
  return {
    mergeKey: createHash('md5').update(told).digest('hex'),
    things: [...thingsIn(content).map(({ key }) => key), ...(saysChange(content) ? [changeKey] : [])],
  };
}
