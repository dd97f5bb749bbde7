import { z } from 'zod';
import type { ValuesOf } from '../lib/config/schema.ts';
import { milliseconds, orNull, setting, webUrl, wholeNumber } from '../lib/config/setting.ts';

const commandLine = {
  schema: z.array(z.string().min(1).max(10_000)).min(1).max(100).readonly(),
  expects: 'a list of words, the program first',
};
const origins = {
  schema: z
    .array(z.string().regex(/^[a-z][a-z-]{0,39}$/))
    .max(50)
    .readonly(),
  expects: 'a list of names such as agent, mail, upkeep',
};

/** Settings of what is told by another way than the one that is down. */
export const alertSettings = {
  'alarm.url': setting(orNull(webUrl), null, {
    description:
      'Where a short text is sent by HTTP POST, as ntfy takes it, when a way to you is down for long or something urgent was not seen, e.g. `https://ntfy.sh/a-secret-topic`; null sends nothing.',
    hot: true,
    secret: true,
  }),
  'alarm.command': setting(orNull(commandLine), null, {
    description:
      'A program that tells you the same, as a list of words, e.g. `["notify-send", "{title}", "{text}"]`; `NINJAD_TITLE` and `NINJAD_TEXT` stand in its environment.',
    hot: false,
  }),
  'alarm.afterMinutes': setting(orNull(wholeNumber(1, 10_080, 'minutes')), 30, {
    description:
      'How long what is urgent may wait for you, or the database be away, before that; null tells nothing.',
    hot: true,
  }),
  'alarm.origins': setting(
    origins,
    ['agent', 'clock', 'delivery', 'discord', 'fleet', 'mail', 'spend', 'upkeep', 'storage'],
    {
      description: 'Whose news are urgent; the words of tasks and goals are not by default.',
      hot: true,
    },
  ),
  'alarm.pingUrl': setting(orNull(webUrl), null, {
    description:
      'An address that is asked (HTTP GET) as long as the loop, the journal and the database are well, so that somebody else sees it when they are not; null asks nobody.',
    hot: true,
    secret: true,
  }),
  'alarm.pingEveryMs': setting(milliseconds(1_000, 24 * 60 * 60 * 1000), 60_000, {
    description: 'How often it is asked.',
    hot: true,
  }),
};

/** The values of these settings. */
export type AlertValues = ValuesOf<typeof alertSettings>;
