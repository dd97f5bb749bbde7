import { messageOf } from '../lib/errors.ts';
import { unstorable } from '../lib/store/storable.ts';
import { DAY, SECOND } from '../lib/time.ts';
import type { JobDefinition } from './job.ts';

const longestId = 300;
/** A timer cannot wait longer than 2^31 − 1 ms. */
const longestTimeoutMs = 20 * DAY;

/** What is wrong with a definition, apart from its schedule; undefined where nothing is. */
export function checkDefinition(job: JobDefinition): string | undefined {
  try {
    return [
      job.id === '' || job.id.length > longestId
        ? `its id has to have 1 to ${longestId} characters`
        : undefined,
      unstorable.test(job.id) ? 'its id has characters that Postgres cannot store' : undefined,
      outside(job.timeoutMs, SECOND, longestTimeoutMs, 'its timeout'),
      outside(job.jitterMs, 0, DAY, 'its jitter'),
      outside(job.missedWindowMs, 0, 366 * DAY, 'its window for missed fires'),
      outside(job.missedCap, 0, 100, 'the number of missed fires to make up for'),
    ].find((problem) => problem !== undefined);
  } catch (error) {
    return messageOf(error);
  }
}

function outside(value: number, least: number, most: number, what: string): string | undefined {
  return value >= least && value <= most ? undefined : `${what} has to be ${least} to ${most}, not ${value}`;
}
