import { z } from 'zod';
import { milliseconds, setting, wholeNumber } from '../lib/config/setting.ts';
import type { ValuesOf } from '../lib/config/schema.ts';
import { readDeclaration } from './declaration.ts';
import { sensorName } from './name.ts';

const declared = {
  schema: z
    .record(z.string(), z.union([z.boolean(), z.record(z.string(), z.unknown())]))
    .superRefine((sensors, context) => {
      for (const [name, fields] of Object.entries(sensors)) {
        const [bad] = sensorName.safeParse(name).error?.issues ?? [];
        if (bad !== undefined) context.addIssue({ code: 'custom', path: [name], message: bad.message });
        const read = readDeclaration(name, fields);
        for (const { path, message } of 'faults' in read ? read.faults : [])
          context.addIssue({ code: 'custom', path: [name, ...path], message });
      }
    })
    .readonly(),
  expects:
    'an object of sensors, such as {"disk": {"warnPercent": 80}, "tls:nas": {"host": "nas", "every": "6h"}}',
};

/** Settings of sensors and of the self-watch. */
export const sensorSettings = {
  sensors: setting(
    declared,
    {},
    {
      description:
        'Sensors by name: `true`, `false`, or an object with `every` or `cron` and `zone`, `timeout`, and the settings of the kind. What stands before a colon in a name is the kind, so that there may be several of one.',
      hot: false,
    },
  ),
  'sensor.atOnce': setting(wholeNumber(1, 32), 4, {
    description: 'How many sensors may look at once; others wait.',
    hot: true,
  }),
  'sensor.timeoutMs': setting(milliseconds(100, 24 * 60 * 60 * 1000), 30_000, {
    description: 'How long a program in the folder `sensors` may run, where it says nothing else.',
    hot: true,
  }),
  'sensor.maxLines': setting(wholeNumber(1, 10_000), 100, {
    description:
      'Lines of one run of such a program that become events; the others are dropped, and that is told.',
    hot: true,
  }),
  'sensor.maxLinesHour': setting(wholeNumber(1, 1_000_000), 1_000, {
    description: 'The same for all its runs within an hour.',
    hot: true,
  }),
  'selfWatch.slowMs': setting(milliseconds(1, 600_000), 500, {
    description:
      'From how long on a statement counts as slow and is kept by its text, which holds no values.',
    hot: true,
  }),
};

export type SensorValues = ValuesOf<typeof sensorSettings>;
