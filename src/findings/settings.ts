import { z } from 'zod';
import { type Kind, setting, wholeNumber } from '../lib/config/setting.ts';
import type { ValuesOf } from '../lib/config/schema.ts';
import { meant } from '../lib/nearest-name.ts';
import { ownValue } from '../lib/own-value.ts';
import { detectorKinds, detectors } from './detectors/all.ts';

const timeOfDay: Kind<z.ZodString> = {
  schema: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/),
  expects: 'a time of day such as 03:15',
};

const kinds = {
  schema: z.array(z.enum(detectorKinds as [string, ...string[]])).readonly(),
  expects: `a list of detectors: ${detectorKinds.join(', ')}`,
};

const thresholds = {
  schema: z
    .record(z.string(), z.record(z.string(), z.number().min(0).max(1e15)))
    .superRefine((given, context) => {
      for (const [kind, named] of Object.entries(given))
        for (const message of faultsOf(kind, named))
          context.addIssue({ code: 'custom', path: [kind], message });
    })
    .readonly(),
  expects: 'thresholds by detector and name, such as {"failing_category": {"share": 0.5}}',
};

function faultsOf(kind: string, named: Readonly<Record<string, number>>): string[] {
  const detector = detectors.find((one) => one.kind === kind);
  if (detector === undefined)
    return [`there is no detector ${JSON.stringify(kind)}${meant(kind, detectorKinds)}`];
  return Object.keys(named)
    .filter((name) => ownValue(detector.thresholds, name) === undefined)
    .map((name) => {
      const hint = meant(name, Object.keys(detector.thresholds));
      return `${kind} has no threshold ${JSON.stringify(name)}${hint}`;
    });
}

/** Settings of findings. */
export const findingSettings = {
  'findings.at': setting(timeOfDay, '03:15', {
    description: 'When the detectors look each night, in the time zone of the daemon.',
    hot: true,
  }),
  'findings.days': setting(wholeNumber(1, 90, 'days'), 7, {
    description: 'How many days back the detectors judge; what is usual is told by the four weeks before.',
    hot: true,
  }),
  'findings.thresholds': setting(
    thresholds,
    {},
    {
      description:
        'From which numbers on something is found, by detector and name, e.g. `{"noisy_sensor": {"aDay": 300}}`; see `ninjad findings detectors`.',
      hot: true,
    },
  ),
  'findings.off': setting(kinds, [], {
    description: 'Detectors that do not look.',
    hot: true,
  }),
};

/** The values of these settings. */
export type FindingValues = ValuesOf<typeof findingSettings>;
