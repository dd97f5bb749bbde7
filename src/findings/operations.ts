import { z } from 'zod';
import type { Bus } from '../lib/bus.ts';
import type { LiveSettings } from '../lib/config/live-settings.ts';
import { NotFoundError } from '../lib/errors.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { byId, id, nothing, page, reason, time } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import { type Page, pageOf } from '../lib/operations/page.ts';
import type { Store } from '../lib/store/store.ts';
import { decideFinding, findingDecisions } from './decide.ts';
import { type DetectorView, listDetectors } from './detector-view.ts';
import { detectorKinds } from './detectors/all.ts';
import type { LookReport } from './look.ts';
import type { Lookout } from './lookout.ts';
import { type Finding, findFinding, findingStates, listFindings } from './rows.ts';
import type { FindingValues } from './settings.ts';

/** Services that the operations of findings use. */
export interface FindingNeeds {
  store: Store;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  now: () => Date;
  settings: Pick<LiveSettings<FindingValues>, 'get'>;
  lookout: Lookout;
}

const findingsInput = z.strictObject({
  state: z.enum(findingStates).optional(),
  kind: z.enum(detectorKinds as [string, ...string[]]).optional(),
  ...page,
});
const decideInput = z.strictObject({
  id,
  decision: z.enum(findingDecisions),
  reason,
  /** Of a snooze. */
  until: time.optional(),
});

/** Operations of findings. */
export const findingOperations = {
  'findings.list': operation(
    'GET /findings',
    findingsInput,
    async ({ store, now }: FindingNeeds, { limit, ...query }): Promise<Page<Finding>> =>
      pageOf(await listFindings(store, { ...query, limit: limit + 1, now: now() }), limit),
  ),
  'findings.detectors': operation(
    'GET /findings/detectors',
    nothing,
    ({ store, settings }: FindingNeeds): Promise<DetectorView[]> => listDetectors(store, settings),
  ),
  'finding.get': operation(
    'GET /findings/:id',
    byId,
    async ({ store, now }: FindingNeeds, which): Promise<Finding> => {
      const finding = await findFinding(store, which.id, now());
      if (finding === undefined) throw new NotFoundError(`there is no finding ${which.id}`);
      return finding;
    },
  ),
  'findings.look': operation(
    'POST /findings/look',
    nothing,
    ({ lookout }: FindingNeeds): Promise<LookReport> => lookout.look(),
    { unrecorded: 'it measures and decides nothing; what it found tells of itself' },
  ),
  'finding.decide': operation(
    'POST /findings/:id/decision',
    decideInput,
    async ({ store, bus, now }: FindingNeeds, decided, caller): Promise<Finding> => {
      const finding = await store.transaction((tx) => decideFinding(tx, caller, decided, now()));
      bus.emit('list.changed', { list: 'findings.list' });
      if (decided.decision === 'accept' || decided.decision === 'reopen')
        bus.emit('list.changed', { list: 'wishes.list' });
      return finding;
    },
  ),
};
