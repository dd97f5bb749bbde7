import type { Bus } from '../bus.ts';
import { type Counters, countRejection } from '../counters.ts';
import { createFlood } from '../flood.ts';
import type { RejectedLine } from '../journal/intake.ts';
import type { Logger } from '../log.ts';
import type { WireFacts } from './facts.ts';
import { describeRejection, type RejectionReason } from './scan-line.ts';

/** What is told of lines that are refused or lowered. */
export interface Rejections {
  reject(line: RejectedLine): void;
  lower(source: string): void;
}

export interface RejectionsDeps {
  counters: Counters;
  log: Pick<Logger, 'warn'>;
  bus: Pick<Bus<WireFacts>, 'emit'>;
}

type Refused = { reason: RejectionReason; source: string };

/**
 * Counts every line and tells of a few: five a minute of each reason and source, then their number when the minute is over.
 * What millions of bad lines cost is their counting.
 */
export function createRejections({ counters, log, bus }: RejectionsDeps): Rejections {
  const refusals = createFlood<Refused>({
    onMore(refused, more) {
      log.warn({ ...refused, more }, `… and ${shown(more)} more: rejected ${sentence(refused)}`);
      bus.emit('event.rejected', { lines: more });
    },
  });
  const lowerings = createFlood<string>({
    onMore: (source, more) => log.warn({ source, more }, `… and ${shown(more)} more: ${loweredBecause}`),
  });
  return {
    reject({ reason, source, sample }) {
      countRejection(counters, reason);
      if (!refusals.passes(`${reason} ${source}`, { reason, source })) return;
      log.warn(
        { reason, ...(source !== '' && { source }), sample: sample() },
        `rejected a line: ${describeRejection(reason)}`,
      );
      bus.emit('event.rejected', { lines: 1 });
    },
    lower(source) {
      counters.lowered += 1;
      if (lowerings.passes(source, source)) log.warn({ source }, loweredBecause);
    },
  };
}

const loweredBecause = 'lowered HUMAN to URGENT: the owner does not speak through this source';

function sentence(refused: Refused | undefined): string {
  return refused === undefined ? 'lines of many sources' : `lines: ${describeRejection(refused.reason)}`;
}

function shown(count: number): string {
  return count.toLocaleString('en-US');
}
