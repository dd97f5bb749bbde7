import { isOwnerSource } from '../wire/parse-line.ts';

/** `owner`: the owner's own words. `local`: what the owner's machines measured. `untrusted`: anybody could have written it. */
export type Trust = (typeof trusts)[number];

/** From the most to the least trusted. */
export const trusts = ['owner', 'local', 'untrusted'] as const;

/** Trust comes from the source alone, never from the text. */
export function trustOf(source: string): Trust {
  if (isOwnerSource(source)) return 'owner';
  return /^(email|web|mail)(:|$)/.test(source) ? 'untrusted' : 'local';
}
