import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { MINUTE, SECOND } from '../../lib/time.ts';
import { sensorKind } from '../look.ts';
import { judgeHigh } from '../thresholds.ts';
import { short } from './fields.ts';

const load = z.number().min(0).max(10_000);
const settings = z.strictObject({
  warnPerCpu: load.default(2).describe('Load of five minutes for each processor'),
  criticalPerCpu: load.default(4),
  slackPerCpu: load.default(0.5),
});

/** The load of the last five minutes for each processor: a shorter one alerts on every spike. */
export const loadAverage = sensorKind({
  kind: 'load',
  says: 'load of five minutes for each processor',
  everyMs: MINUTE,
  timeoutMs: 10 * SECOND,
  settings,
  async look(given: z.output<typeof settings>, { proc }, { levelOf }) {
    const text = await readFile(join(proc, 'loadavg'), 'utf8').catch(() => '');
    const five = /^\d+\.\d+ (\d+\.\d+) /.exec(text)?.[1];
    if (five === undefined)
      return { findings: [{ subject: '', level: 'unknown', text: 'this machine has no /proc/loadavg' }] };
    const cpus = availableParallelism();
    const value = Number(five) / cpus;
    const limits = { warning: given.warnPerCpu, critical: given.criticalPerCpu, slack: given.slackPerCpu };
    return {
      findings: [
        {
          subject: '',
          level: judgeHigh(value, limits, levelOf('')),
          value,
          text: `the load is ${five}, ${short(value)} for each of ${cpus} processors`,
        },
      ],
    };
  },
});
