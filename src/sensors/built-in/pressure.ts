import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../lib/errors.ts';
import { MINUTE, SECOND } from '../../lib/time.ts';
import { type Finding, sensorKind } from '../look.ts';
import { judgeHigh } from '../thresholds.ts';
import { percentThresholds, short, thresholdsOf } from './fields.ts';

const resources = ['cpu', 'memory', 'io'] as const;

const settings = z.strictObject({
  resources: z
    .array(z.enum(resources))
    .min(1)
    .default([...resources]),
  ...percentThresholds(40, 80, 10),
});

/** Pressure stall information (PSI): the share of five minutes in which somebody had to wait for a resource. */
export const pressure = sensorKind({
  kind: 'pressure',
  says: 'share of five minutes in which processes waited for processor, memory or disk (PSI)',
  everyMs: MINUTE,
  timeoutMs: 10 * SECOND,
  settings,
  look: async (given: z.output<typeof settings>, { proc }, { levelOf }) => ({
    findings: await Promise.all(
      given.resources.map(async (subject): Promise<Finding> => {
        try {
          const text = await readFile(join(proc, 'pressure', subject), 'utf8');
          const found = /^some .*avg300=(\d+(?:\.\d+)?)/m.exec(text)?.[1];
          if (found === undefined) return { subject, level: 'unknown', text: 'the kernel gives no figure' };
          const value = Number(found);
          return {
            subject,
            level: judgeHigh(value, thresholdsOf(given), levelOf(subject)),
            value,
            text: `processes waited for ${subject} in ${short(value)} % of five minutes`,
          };
        } catch (thrown) {
          return { subject, level: 'unknown', text: `the kernel tells no pressure: ${messageOf(thrown)}` };
        }
      }),
    ),
  }),
});
