import { z } from 'zod';
import { recordAct } from '../../activity/record-act.ts';
import { ConflictError } from '../../lib/errors.ts';
import { nothing } from '../../lib/operations/fields.ts';
import { operation } from '../../lib/operations/operation.ts';
import type { Store } from '../../lib/store/store.ts';
import type { Door } from './door/door.ts';
import { enterLink } from './door/link.ts';
import type { Pulse } from './feeds/pulse.ts';
import type { Hello } from './hello.ts';
import { nowSeries, type SeriesRange, seriesRanges } from './series.ts';

/** Services that the operations of the dashboard itself use. */
export interface DashboardNeeds {
  store: Store;
  hello: () => Hello;
  pulse: Pick<Pulse, 'now'>;
  sensorDesk: { worker: string };
  door: Pick<Door, 'issueCode' | 'renew'>;
  /** Where the dashboard listens, or null. */
  dashboardUrl: () => string | null;
  now: () => Date;
}

/** A link that lets one browser into the dashboard once. */
export interface DashboardLink {
  url: string;
  expiresAt: Date;
}

const seriesInput = z.strictObject({
  range: z.enum(Object.keys(seriesRanges) as [SeriesRange, ...SeriesRange[]]).default('quarter'),
});
const linkInput = z.strictObject({ renew: z.boolean().default(false) });

/** Operations of the dashboard itself: its greeting, the pulse, and the links into it. */
export const dashboardOperations = {
  'hello.get': operation('GET /hello', nothing, ({ hello }: DashboardNeeds) => hello()),
  'now.get': operation('GET /now', nothing, ({ pulse }: DashboardNeeds) => pulse.now()),
  'now.series': operation(
    'GET /now/series',
    seriesInput,
    ({ store, sensorDesk, now }: DashboardNeeds, { range }) =>
      nowSeries(store, { range, worker: sensorDesk.worker, now: now() }),
  ),
  /**
   * A one-time link. With `renew` there is a new token first, and every browser and script that came in under the old one is
   * out. Rejects with a `ConflictError` while the dashboard is not open.
   */
  'dashboard.link': operation(
    'POST /dashboard/link',
    linkInput,
    async (needs: DashboardNeeds, { renew }, caller): Promise<DashboardLink> => {
      const { door, store, now } = needs;
      const url = needs.dashboardUrl();
      if (url === null)
        throw new ConflictError('the dashboard is not open; ninjad status says why in dashboard.reason');
      if (renew) door.renew();
      await recordAct(store, caller, renew ? renewed(now()) : issued(now()));
      const { code, expiresAt } = door.issueCode();
      return { url: enterLink(url, code), expiresAt: new Date(expiresAt) };
    },
    { faces: ['cli'] },
  ),
};

function renewed(at: Date): Parameters<typeof recordAct>[2] {
  const summary = 'the dashboard got a new token; every session ended';
  return { at, action: 'dashboard.token-renewed', summary };
}

function issued(at: Date): Parameters<typeof recordAct>[2] {
  return { at, action: 'dashboard.link-issued', summary: 'a link into the dashboard was printed' };
}
