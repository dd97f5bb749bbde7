import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../lib/errors.ts';
import { HOUR, MINUTE, SECOND } from '../../lib/time.ts';
import { type LookContext, sensorKind } from '../look.ts';
import { whyUnreachable } from '../mounts.ts';
import { judgeHigh } from '../thresholds.ts';
import { path, short } from './fields.ts';

const settings = z.strictObject({
  path: path.describe('A backup, or the folder that they are in'),
  prefix: z.string().max(255).default('').describe('Beginning and end that the name of a backup has'),
  suffix: z.string().max(255).default(''),
  warnHours: z.number().min(0.001).max(100_000).default(26),
  criticalHours: z.number().min(0.001).max(100_000).default(50),
  minBytes: z.int().min(0).default(1).describe('A smaller one is none'),
});

type Settings = z.output<typeof settings>;

/** The age of the newest backup; one that is empty or too small does not count. */
export const backup = sensorKind({
  kind: 'backup',
  says: 'the age of the newest backup in a folder',
  everyMs: 30 * MINUTE,
  timeoutMs: 60 * SECOND,
  settings,
  async look(given: Settings, context, { levelOf }) {
    const unreachable = await whyUnreachable(given.path, context);
    if (unreachable !== undefined)
      return { findings: [{ subject: '', level: 'unknown', text: unreachable }] };
    try {
      const newest = await newestIn(given, context);
      if (newest === undefined)
        return {
          findings: [{ subject: '', level: 'critical', text: `there is no backup in ${given.path}` }],
        };
      // One whose time lies ahead is as new as can be.
      const hours = Math.max(0, context.now().getTime() - newest.at) / HOUR;
      const limits = { warning: given.warnHours, critical: given.criticalHours, slack: 0 };
      return {
        findings: [
          {
            subject: '',
            level: judgeHigh(hours, limits, levelOf('')),
            value: hours,
            text: `the newest backup in ${given.path} is ${short(hours)} hours old`,
          },
        ],
      };
    } catch (thrown) {
      return { findings: [{ subject: '', level: 'unknown', text: messageOf(thrown) }] };
    }
  },
});

async function newestIn(given: Settings, { signal }: LookContext): Promise<{ at: number } | undefined> {
  const found = await lstat(given.path);
  if (!found.isDirectory()) return found.size < given.minBytes ? undefined : { at: found.mtimeMs };
  let newest: { at: number } | undefined;
  for (const name of await readdir(given.path)) {
    signal.throwIfAborted();
    if (name.startsWith('.') || !name.startsWith(given.prefix) || !name.endsWith(given.suffix)) continue;
    const entry = await lstat(join(given.path, name)).catch(() => undefined);
    // A folder is a backup too, of a size that nobody knows.
    if (entry === undefined || (entry.isFile() && entry.size < given.minBytes)) continue;
    if (newest === undefined || entry.mtimeMs > newest.at) newest = { at: entry.mtimeMs };
  }
  return newest;
}
