import { z } from 'zod';
import type { ValuesOf } from '../lib/config/schema.ts';
import { dollars, setting, wholeNumber } from '../lib/config/setting.ts';

const timeOfDay = {
  schema: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/),
  expects: 'a time of day such as 03:45',
};

/** Settings of wishes: when and for how much they are drafted, and how often it looks back. */
export const wishSettings = {
  'drafter.at': setting(timeOfDay, '03:45', {
    description:
      'When approved wishes are drafted each night, by the clock of this machine; an hour that the clocks leave out or show twice has one night.',
    hot: true,
  }),
  'drafter.budgetUsd': setting(dollars, 5, {
    description:
      'Most that the drafts of one night may cost together, and most that one costs that is asked for by day; the caps of spending hold as well.',
    hot: true,
  }),
  'retrospective.everyDays': setting(wholeNumber(1, 90, 'days'), 3, {
    description:
      'How many days after the last retrospective that was completed the next one is due; it runs at 03:30 of that night.',
    hot: true,
  }),
};

/** The values of these settings. */
export type WishValues = ValuesOf<typeof wishSettings>;
