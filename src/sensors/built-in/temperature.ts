import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { MINUTE, SECOND } from '../../lib/time.ts';
import { type Finding, sensorKind } from '../look.ts';
import { judgeHigh } from '../thresholds.ts';
import { short } from './fields.ts';

const degrees = z.number().min(-50).max(200);
const settings = z.strictObject({
  warnCelsius: degrees.default(80),
  criticalCelsius: degrees.default(95),
  slackCelsius: z.number().min(0).max(50).default(5),
});

/** The temperatures that the kernel knows: thermal zones and hardware monitors. */
export const temperature = sensorKind({
  kind: 'temperature',
  says: 'temperatures of thermal zones and hardware monitors',
  everyMs: MINUTE,
  timeoutMs: 10 * SECOND,
  settings,
  async look(given: z.output<typeof settings>, { sys }, { levelOf }) {
    const found = await temperaturesIn(sys);
    if (found.length === 0)
      return { findings: [{ subject: '', level: 'unknown', text: 'this machine tells no temperature' }] };
    const limits = {
      warning: given.warnCelsius,
      critical: given.criticalCelsius,
      slack: given.slackCelsius,
    };
    return {
      findings: found.map(({ subject, value }): Finding => ({
        subject,
        level: judgeHigh(value, limits, levelOf(subject)),
        value,
        text: `${subject} has ${short(value)} °C`,
      })),
    };
  },
});

async function temperaturesIn(sys: string): Promise<{ subject: string; value: number }[]> {
  const zones = await inFolder(join(sys, 'class/thermal'), /^thermal_zone\d+$/, async (dir) => [
    { label: (await word(join(dir, 'type'))) ?? '', file: join(dir, 'temp') },
  ]);
  const monitors = await inFolder(join(sys, 'class/hwmon'), /^hwmon\d+$/, async (dir) => {
    const chip = (await word(join(dir, 'name'))) ?? 'monitor';
    const inputs = (await namesIn(dir)).filter((name) => /^temp\d+_input$/.test(name));
    return Promise.all(
      inputs.map(async (name) => ({
        label: `${chip} ${(await word(join(dir, name.replace('_input', '_label')))) ?? name.replace('_input', '')}`,
        file: join(dir, name),
      })),
    );
  });
  const read = await Promise.all(
    [...zones, ...monitors].map(async ({ label, file }) => ({ label, milli: await word(file) })),
  );
  // Two zones of one name are told apart by their number; a zone that is off reads as an error or as nonsense.
  const times = new Map<string, number>();
  return read.flatMap(({ label, milli }) => {
    if (milli === undefined || !/^-?\d+$/.test(milli)) return [];
    const value = Number(milli) / 1000;
    if (value < -100 || value > 250) return [];
    const time = (times.get(label) ?? 0) + 1;
    times.set(label, time);
    return [{ subject: time === 1 ? label : `${label} ${time}`, value }];
  });
}

async function inFolder<Found>(
  dir: string,
  pattern: RegExp,
  look: (path: string) => Promise<Found[]>,
): Promise<Found[]> {
  const names = (await namesIn(dir)).filter((name) => pattern.test(name));
  return (await Promise.all(names.map((name) => look(join(dir, name))))).flat();
}

async function namesIn(dir: string): Promise<string[]> {
  return (await readdir(dir).catch(() => [])).sort((one, other) =>
    one.localeCompare(other, 'en', { numeric: true }),
  );
}

async function word(path: string): Promise<string | undefined> {
  return (await readFile(path, 'utf8').catch(() => undefined))?.trim();
}
