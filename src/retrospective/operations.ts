import { z } from 'zod';
import { recordAct } from '../activity/record-act.ts';
import type { Bus } from '../lib/bus.ts';
import { NotFoundError } from '../lib/errors.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { id, nothing, page } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import { type Page, pageOf } from '../lib/operations/page.ts';
import type { Store } from '../lib/store/store.ts';
import type { FireEnd } from '../schedule/job.ts';
import { retrospectiveJobId } from './job-kind.ts';
import { listRetrospectives, type Retrospective, retrospectiveOf } from './rows.ts';

/** Services that the operations of the retrospective use. */
export interface RetrospectiveNeeds {
  store: Store;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  schedule: {
    /** Starts a job now, by hand. */
    fireNow(jobId: string): Promise<{ id: number; ended: Promise<FireEnd> }>;
  };
  now: () => Date;
}

/** How the fire of a retrospective is, and what came of it. */
export interface RetrospectiveFire {
  fireId: number;
  state: string;
  reason: string | null;
  isOver: boolean;
  retrospective: Retrospective | null;
}

const fireInput = z.strictObject({ fireId: id });
const listInput = z.strictObject(page);

/** Operations of the retrospective. */
export const retrospectiveOperations = {
  'retrospectives.list': operation(
    'GET /retrospectives',
    listInput,
    async ({ store }: RetrospectiveNeeds, { limit, ...query }): Promise<Page<Retrospective>> =>
      pageOf(await listRetrospectives(store, { ...query, limit: limit + 1 }), limit),
  ),
  'retrospective.fire': operation(
    'GET /retrospectives/fires/:fireId',
    fireInput,
    ({ store }: RetrospectiveNeeds, { fireId }) => fireOf(store, fireId),
  ),
  'retrospective.run': operation(
    'POST /retrospectives',
    nothing,
    async ({ store, bus, schedule, now }: RetrospectiveNeeds, _, caller) => {
      const { id: fireId, ended } = await schedule.fireNow(retrospectiveJobId);
      // Its rows say how it ended; nobody waits here.
      ended.catch(() => undefined);
      await recordAct(store, caller, {
        at: now(),
        action: 'retrospective.asked',
        summary: 'had it look back now',
        detail: { fire: fireId },
      });
      bus.emit('list.changed', { list: 'wishes.list' });
      return { fireId, message: 'the retrospective is under way' };
    },
  ),
};

async function fireOf(store: Store, fireId: number): Promise<RetrospectiveFire> {
  const { rows } = await store.query<{ state: string; reason: string | null }>({
    name: 'retrospectives-fire',
    text: 'SELECT state, reason FROM job_fires WHERE id = $1 AND job_id = $2',
    values: [fireId, retrospectiveJobId],
  });
  const [fire] = rows;
  if (fire === undefined) throw new NotFoundError(`no retrospective has the fire ${fireId}`);
  const retrospective = (await retrospectiveOf(store, fireId)) ?? null;
  return { fireId, ...fire, isOver: fire.state !== 'claimed' && fire.state !== 'running', retrospective };
}
