import { z } from 'zod';
import type { ValuesOf } from '../lib/config/schema.ts';
import { absolutePath, flag, orNull, setting, wholeNumber } from '../lib/config/setting.ts';

const timeOfDay = {
  schema: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  expects: 'a time of day such as 02:40',
};
const commandLine = {
  schema: z.array(z.string().min(1).max(10_000)).min(1).max(100).readonly(),
  expects: 'a list of words, the program first',
};

/** Settings of backups. */
export const upkeepSettings = {
  'backup.dir': setting(orNull(absolutePath), null, {
    description:
      'Where backups are kept; null is `backups` in the home. Another disk is better: a folder in the home goes with it.',
    hot: false,
  }),
  'backup.at': setting(orNull(timeOfDay), null, {
    description: 'When a backup is made each day, e.g. `02:40`; null makes none by itself.',
    hot: false,
  }),
  'backup.keepDaily': setting(wholeNumber(1, 1_000), 7, {
    description: 'The newest backup of so many days is kept.',
    hot: false,
  }),
  'backup.keepWeekly': setting(wholeNumber(0, 1_000), 4, {
    description: 'The newest backup of so many weeks is kept besides.',
    hot: false,
  }),
  'backup.keepMonthly': setting(wholeNumber(0, 1_000), 12, {
    description: 'The newest backup of so many months is kept besides.',
    hot: false,
  }),
  'backup.command': setting(orNull(commandLine), null, {
    description:
      'A program that takes each new archive away, as a list of words, e.g. `["restic", "backup", "{archive}"]`; `{archive}` is its path. A status above 0 is a failed backup.',
    hot: false,
  }),
  'backup.beforeUpgrade': setting(flag, true, {
    description:
      'Whether the home is backed up before a new version changes the schema of the embedded database; without room for it the upgrade waits.',
    hot: false,
  }),
  'backup.drillDays': setting(orNull(wholeNumber(1, 365, 'days')), 7, {
    description:
      'How many days may pass until the newest backup is restored beside and started, to prove that it can be; null never does.',
    hot: false,
  }),
};

/** The values of these settings. */
export type UpkeepValues = ValuesOf<typeof upkeepSettings>;
