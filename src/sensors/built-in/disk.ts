import { statfs } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf } from '../../lib/errors.ts';
import { MINUTE, SECOND } from '../../lib/time.ts';
import { type Before, type Finding, type LookContext, sensorKind } from '../look.ts';
import { disksOf, readMounts, whyUnreachable } from '../mounts.ts';
import { judgeHigh } from '../thresholds.ts';
import { bytesText, path, percentThresholds, short, thresholdsOf } from './fields.ts';

const settings = z.strictObject({
  paths: z
    .array(path)
    .max(50)
    .default([])
    .describe('Folders whose file systems are watched; none: all disks of this machine'),
  ...percentThresholds(85, 95),
});

type Settings = z.output<typeof settings>;

/** Disk space and inodes, each file system for itself. */
export const disk = sensorKind({
  kind: 'disk',
  says: 'disk space and inodes of file systems',
  everyMs: 5 * MINUTE,
  timeoutMs: 30 * SECOND,
  settings,
  async look(given: Settings, context, before) {
    const paths = given.paths.length > 0 ? given.paths : disksOf(await readMounts(context.proc));
    if (paths.length === 0) return { findings: [unknown('', 'this machine lists no disk')] };
    const looks = paths.map((each) => lookAt(each, given, context, before));
    return { findings: (await Promise.all(looks)).flat() };
  },
});

async function lookAt(
  at: string,
  given: Settings,
  context: LookContext,
  before: Before<unknown>,
): Promise<Finding[]> {
  const unreachable = await whyUnreachable(at, context);
  if (unreachable !== undefined) return [unknown(at, unreachable)];
  try {
    const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(at);
    // As df counts: what only root may use is neither free nor used.
    const used = blocks - bfree;
    const space = finding(at, {
      used: share(used, used + bavail),
      left: `${bytesText(bavail * bsize)} are free`,
      what: 'full',
    });
    const inodes = finding(`${at} inodes`, {
      used: share(files - ffree, files),
      left: `${ffree.toLocaleString('en-US')} are free`,
      what: 'of its inodes used',
    });
    // btrfs and the like have no fixed number of inodes.
    return files === 0 ? [space] : [space, inodes];
  } catch (thrown) {
    return [unknown(at, messageOf(thrown))];
  }

  function finding(
    subject: string,
    { used, left, what }: { used: number; left: string; what: string },
  ): Finding {
    const level = judgeHigh(used, thresholdsOf(given), before.levelOf(subject));
    return { subject, level, value: used, text: `${at} is ${short(used)} % ${what}, ${left}` };
  }
}

function share(part: number, whole: number): number {
  return whole <= 0 ? 0 : (part / whole) * 100;
}

function unknown(subject: string, text: string): Finding {
  return { subject, level: 'unknown', text };
}
