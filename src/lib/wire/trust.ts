import { isOwnerSource } from './parse-line.ts';
import { defaultStrangers } from './settings.ts';

/** `owner`: the owner's own words. `local`: what the owner's machines measured. `untrusted`: anybody could have written it. */
export type Trust = (typeof trusts)[number];

/** From the most to the least trusted. */
export const trusts = ['owner', 'local', 'untrusted'] as const;

let strangers = strangerPattern(defaultStrangers);

/**
 * Names the sources that carry strangers' words, in place of those named before. It holds for the whole process: trust is
 * asked for in many places, and two answers to one source would be a hole.
 */
export function nameStrangers(prefixes: readonly string[]): void {
  strangers = strangerPattern(prefixes);
}

/** Trust comes from the source alone, never from the text. */
export function trustOf(source: string): Trust {
  if (strangers.test(source)) return 'untrusted';
  return isOwnerSource(source) ? 'owner' : 'local';
}

/** A prefix stands for itself and for what begins with it and one of `:._-`, in either case: `Email`, `web:form`, `rss.news`. */
function strangerPattern(prefixes: readonly string[]): RegExp {
  const words = prefixes.map((prefix) => prefix.replace(/[^A-Za-z0-9]/g, String.raw`\$&`));
  return words.length === 0 ? /(?!)/ : new RegExp(`^(?:${words.join('|')})(?:[:._-]|$)`, 'i');
}
