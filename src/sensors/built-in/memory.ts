import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { MINUTE, SECOND } from '../../lib/time.ts';
import { sensorKind } from '../look.ts';
import { judgeHigh } from '../thresholds.ts';
import { bytesText, percentThresholds, short, thresholdsOf } from './fields.ts';

const settings = z.strictObject({
  ...percentThresholds(90, 96),
  swapWarnPercent: z
    .number()
    .min(0)
    .max(100)
    .default(80)
    .describe('Used swap from which on it warns; 100: never'),
});

/** Memory that is used and cannot be given back, and swap. */
export const memory = sensorKind({
  kind: 'memory',
  says: 'used memory and swap',
  everyMs: MINUTE,
  timeoutMs: 10 * SECOND,
  settings,
  async look(given: z.output<typeof settings>, { proc }, { levelOf }) {
    const text = await readFile(join(proc, 'meminfo'), 'utf8').catch(() => '');
    const kib = (name: string): number | undefined => {
      const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
      return found === undefined ? undefined : Number(found);
    };
    const total = kib('MemTotal');
    const available = kib('MemAvailable');
    if (total === undefined || available === undefined || total === 0)
      return { findings: [{ subject: '', level: 'unknown', text: 'this machine has no /proc/meminfo' }] };
    const used = ((total - available) / total) * 100;
    const ram = {
      subject: 'memory',
      level: judgeHigh(used, thresholdsOf(given), levelOf('memory')),
      value: used,
      text: `${short(used)} % of the memory is used, ${bytesText(available * 1024)} are available`,
    };
    const swap = kib('SwapTotal') ?? 0;
    if (swap === 0) return { findings: [ram] };
    const swapped = ((swap - (kib('SwapFree') ?? 0)) / swap) * 100;
    const limits = { warning: given.swapWarnPercent, critical: Infinity, slack: given.slackPercent };
    const level = given.swapWarnPercent >= 100 ? 'ok' : judgeHigh(swapped, limits, levelOf('swap'));
    return {
      findings: [
        ram,
        { subject: 'swap', level, value: swapped, text: `${short(swapped)} % of the swap is used` },
      ],
    };
  },
});
