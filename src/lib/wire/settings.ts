import { z } from 'zod';
import { category, setting } from '../config/setting.ts';

/** Prefixes of sources whose lines hold what anybody could have written, where the owner names no others. */
export const defaultStrangers: readonly string[] = ['email', 'mail', 'rss', 'web', 'webhook'];

/** Strangers whatever the owner's list says: what the mail monitor writes. */
export const alwaysStrangers: readonly string[] = ['email'];

const prefixes = {
  schema: z.array(category).max(100).readonly(),
  expects: 'a list of sources or their beginnings, such as ["email", "web"]',
};

/** Settings of the wire. */
export const wireSettings = {
  'trust.strangers': setting(prefixes, defaultStrangers, {
    description:
      'Sources that carry the words of strangers, in either case and with whatever follows `:`, `.`, `_` or `-`: their events are untrusted. A list of your own replaces this one; `email` is on it whatever it says.',
    hot: true,
  }),
};
