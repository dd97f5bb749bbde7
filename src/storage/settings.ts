import type { ValuesOf } from '../lib/config/schema.ts';
import { orNull, setting, wholeNumber } from '../lib/config/setting.ts';

const most = Number.MAX_SAFE_INTEGER;

/** Settings of the room that a home takes. */
export const storageSettings = {
  'storage.maxBytes': setting(orNull(wholeNumber(1_000_000_000, most, 'bytes')), null, {
    description:
      'How much the home may take on the disk, backups left out; null is a tenth of the disk, at least 5 GB. Past nine tenths of it the oldest goes first: transcripts, then samples, then finished events. Memories, wishes, decisions and conversations never go for it.',
    hot: true,
  }),
  'storage.minFreeBytes': setting(wholeNumber(0, most, 'bytes'), 1_000_000_000, {
    description:
      'With less free on the disk of the home, what can wait does: tasks other than yours, backups, drafts, retrospectives. Events are taken and kept all the same. 0 never waits.',
    hot: true,
  }),
};

/** The values of these settings. */
export type StorageValues = ValuesOf<typeof storageSettings>;
