import type { Misfit, ValuesOf } from '../config/schema.ts';
import { setting, wholeNumber } from '../config/setting.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** Settings of the journal. */
export const journalSettings = {
  'journal.segmentBytes': setting(wholeNumber(2 * MIB, GIB, 'bytes'), 16 * MIB, {
    description: 'Size at which the journal begins a new file.',
    hot: false,
  }),
  'journal.maxBytes': setting(wholeNumber(4 * MIB, 1024 * GIB, 'bytes'), GIB, {
    description: 'Most disk that the journal may use; past it the pipe is not read. At least two segments.',
    hot: false,
  }),
};

/** Room of the journal: the segment that is written and one before it. */
export function journalMisfits(settings: ValuesOf<typeof journalSettings>): Misfit[] {
  const { 'journal.segmentBytes': segment, 'journal.maxBytes': max } = settings;
  if (max >= 2 * segment) return [];
  return [
    {
      keys: ['journal.maxBytes', 'journal.segmentBytes'],
      message: `journal.maxBytes: expected at least two segments (${2 * segment}), got ${max}`,
    },
  ];
}
