import { z } from 'zod';
import { operation } from '../../lib/operations/operation.ts';
import type { Tx } from '../../lib/store/store.ts';
import { DAY, HOUR, SECOND } from '../../lib/time.ts';
import { type FigureName, figureNames } from './figures.ts';
import { readSeries, type SamplePoint, stepFor } from './samples.ts';
import { listSlowStatements, type SlowStatementRow } from './slow-statements.ts';

/** Services that the operations of the self-watch use. */
export interface SelfWatchNeeds {
  store: Tx;
  sensorDesk: { worker: string };
  now: () => Date;
}

const ranges = { hour: HOUR, day: DAY, week: 7 * DAY, year: 366 * DAY } as const;
const rangeNames = ['hour', 'day', 'week', 'year'] as const;

const seriesInput = z.strictObject({
  range: z.enum(rangeNames).default('hour'),
  /** Names of figures, apart by commas over HTTP; none: all. */
  figures: z
    .union([
      z.array(z.enum(figureNames)),
      z
        .string()
        .transform((text) => text.split(','))
        .pipe(z.array(z.enum(figureNames))),
    ])
    .default([]),
});
const slowInput = z.strictObject({ range: z.enum(rangeNames).default('week') });

/** A series of samples for plots. */
export interface SelfSeries {
  /** Span that a point stands for, in seconds. */
  stepS: number;
  points: SamplePoint[];
}

const shownStatements = 50;

/** Operations of the self-watch. */
export const selfWatchOperations = {
  'self.series': operation(
    'GET /self/series',
    seriesInput,
    async ({ store, sensorDesk, now }: SelfWatchNeeds, { range, figures }): Promise<SelfSeries> => {
      const rangeMs = ranges[range];
      const stepS = stepFor(rangeMs);
      const since = new Date(Math.floor((now().getTime() - rangeMs) / SECOND) * SECOND);
      const names: readonly FigureName[] = figures;
      return {
        stepS,
        points: await readSeries(store, { worker: sensorDesk.worker, since, step: stepS, names }),
      };
    },
  ),
  'self.statements': operation(
    'GET /self/statements',
    slowInput,
    ({ store, sensorDesk, now }: SelfWatchNeeds, { range }): Promise<SlowStatementRow[]> =>
      listSlowStatements(store, {
        worker: sensorDesk.worker,
        since: new Date(now().getTime() - ranges[range]),
        limit: shownStatements,
      }),
  ),
};
