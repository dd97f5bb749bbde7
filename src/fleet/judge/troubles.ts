import { MINUTE } from '../../lib/time.ts';
import type { HostOptions } from '../definition.ts';
import { diskShare, loadPerCore, memoryShare, type Report } from '../report.ts';
import type { HostMemory } from './memory.ts';

/** Something about a host that answers and is not well. */
export interface Trouble {
  key: string;
  text: string;
}

const averagedMs = 5 * MINUTE;
const leastSamples = 3;
/** A trouble is entered after so many polls that show it, and left after as many that do not. */
const patience = 2;
/** What is entered at a threshold is left this much below it, as a share of the threshold. */
const slack = 0.05;

type Samples = HostMemory['samples'];

/** The samples with a new one: those of the averaged time, without what a clock that jumped has left in the future. */
export function addSample(samples: Samples, report: Report, at: number): Samples {
  const kept = samples.filter(([then]) => then < at && then > at - averagedMs - MINUTE);
  return [...kept.slice(-60), [at, loadPerCore(report), memoryShare(report)]];
}

/**
 * Mean of the last five minutes; null before it has been measured for that long. The longest gap of the samples is the period
 * of polls, which may be longer than that.
 */
function mean(samples: Samples, index: 1 | 2, everyMs: number): number | null {
  const values = samples.flatMap((sample) => sample[index] ?? []);
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return null;
  if (everyMs < averagedMs) {
    const covered = last[0] - first[0] + everyMs;
    if (covered < averagedMs || values.length < leastSamples) return null;
  }
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What is wrong with a host by its report and the minutes before; `holds` says which troubles held until now. */
export function troublesIn(
  report: Report,
  {
    samples,
    options,
    everyMs,
    holds,
  }: { samples: Samples; options: HostOptions; everyMs: number; holds: (key: string) => boolean },
): Trouble[] {
  const over = (key: string, value: number | null, limit: number | null): boolean =>
    value !== null && limit !== null && value >= (holds(key) ? limit * (1 - slack) : limit);
  const troubles: Trouble[] = [];
  // The kernel's own average of five minutes serves where polls are further apart.
  const load =
    everyMs >= averagedMs && report.load5 !== null && report.cores !== null
      ? report.load5 / report.cores
      : mean(samples, 1, everyMs);
  if (over('load', load, options.loadPerCore))
    troubles.push({ key: 'load', text: `the load is ${(load ?? 0).toFixed(1)} a core, averaged over 5 min` });
  const memory = percentOf(mean(samples, 2, everyMs));
  if (over('memory', memory, options.memoryPercent))
    troubles.push({
      key: 'memory',
      text: `the memory is ${Math.round(memory ?? 0)} % full, averaged over 5 min`,
    });
  for (const disk of report.disks ?? []) {
    const used = diskShare(disk) * 100;
    const key = `disk:${disk.mount}`;
    if (over(key, used, options.diskPercent))
      troubles.push({ key, text: `${disk.mount} is ${Math.floor(used)} % full` });
    const { inodesUsed, inodesTotal } = disk;
    const inodes = inodesUsed === null || inodesTotal === null ? null : (inodesUsed / inodesTotal) * 100;
    if (over(`inodes:${disk.mount}`, inodes, options.diskPercent))
      troubles.push({
        key: `inodes:${disk.mount}`,
        text: `${disk.mount} has ${Math.floor(inodes ?? 0)} % of its inodes used`,
      });
  }
  if (options.failedUnits)
    for (const unit of (report.failedUnits ?? []).slice(0, 10))
      troubles.push({ key: `unit:${unit}`, text: `${unit} has failed` });
  return troubles;
}

/**
 * The troubles after one more report: one is held once two reports in a row have shown it, and let go once two have not. What
 * a report leaves unknown stays as it is.
 */
export function settleTroubles(
  before: HostMemory['troubles'],
  seen: readonly Trouble[],
  isUnknown: (key: string) => boolean,
): HostMemory['troubles'] {
  const found = new Map(seen.map(({ key, text }) => [key, text]));
  const after = new Map<string, HostMemory['troubles'][string]>();
  for (const key of new Set([...Object.keys(before), ...found.keys()])) {
    const known = Object.hasOwn(before, key) ? before[key] : undefined;
    const text = found.get(key);
    if (text === undefined && known !== undefined && isUnknown(key)) {
      after.set(key, known);
      continue;
    }
    const isSeen = text !== undefined;
    const held = known?.held ?? false;
    const polls = isSeen === held ? 0 : (known?.polls ?? 0) + 1;
    const now = polls >= patience ? isSeen : held;
    if (now || isSeen)
      after.set(key, { text: text ?? known?.text ?? '', held: now, polls: polls >= patience ? 0 : polls });
  }
  return Object.fromEntries(after);
}

/** Whether a report says nothing about what a trouble is of. */
export function unknownIn(report: Report): (key: string) => boolean {
  return (key) => {
    const [what = ''] = key.split(':');
    switch (what) {
      case 'load':
        return loadPerCore(report) === null;
      case 'memory':
        return memoryShare(report) === null;
      case 'unit':
        return report.failedUnits === null;
      default:
        return report.disks === null;
    }
  };
}

function percentOf(share: number | null): number | null {
  return share === null ? null : share * 100;
}
