import { z } from 'zod';
import { category, milliseconds, setting, wholeNumber } from '../config/setting.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const categories = { schema: z.array(category).max(1000).readonly(), expects: 'a list of categories' };

/** Settings of the events that wait in memory. */
export const mailboxSettings = {
  'mailbox.capacity': setting(wholeNumber(1000, 20_000_000), 2_000_000, {
    description: 'How many events may wait in memory; past it the pipe is not read and writers wait.',
    hot: false,
  }),
  'mailbox.ageingMs': setting(milliseconds(SECOND), MINUTE, {
    description: 'An event that has waited this long rises one priority, never into HUMAN.',
    hot: true,
  }),
  'mailbox.coalesce': setting(categories, ['heartbeat'], {
    description: 'Categories of which only the latest waiting event of each source is kept.',
    hot: true,
  }),
};
