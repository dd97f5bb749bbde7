import { z } from 'zod';
import { recordAct } from '../activity/record-act.ts';
import type { Draftsman } from '../drafter/draft.ts';
import type { Bus } from '../lib/bus.ts';
import type { LiveSettings } from '../lib/config/live-settings.ts';
import { ConflictError, NotFoundError } from '../lib/errors.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { byId, id, nothing, page, reason } from '../lib/operations/fields.ts';
import { type Caller, operation } from '../lib/operations/operation.ts';
import { type Page, pageOf } from '../lib/operations/page.ts';
import type { Store } from '../lib/store/store.ts';
import { acceptance } from './acceptance.ts';
import { addComment, removeComment } from './comments.ts';
import { addWish, decideWish } from './decide.ts';
import type { DraftDesk } from './drafting/desk.ts';
import { recheckDraft } from './drafting/recheck.ts';
import { findDraft } from './drafts.ts';
import { moveWish } from './move.ts';
import { findWish, listWishes, type Wish } from './rows.ts';
import type { WishValues } from './settings.ts';
import { wishDecisions, wishStates } from './states.ts';
import { wishPage } from './view.ts';

/** Services that the operations of wishes use. */
export interface WishNeeds {
  store: Store;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  settings: Pick<LiveSettings<WishValues>, 'get'>;
  draftDesk: DraftDesk;
  draftsman: Pick<Draftsman, 'stillApplies'>;
  now: () => Date;
}

const version = z.coerce.number().int().min(1).max(1_000_000);
const wishesInput = z.strictObject({ state: z.enum(wishStates).optional(), ...page });
const pageInput = z.strictObject({ id, version: version.optional() });
const addInput = z.strictObject({
  title: z.string().trim().min(1).max(200),
  description: z.string().min(1).max(20_000),
});
const decideInput = z.strictObject({ id, decision: z.enum(wishDecisions), reason });
const commentInput = z.strictObject({
  id,
  version,
  file: z.string().min(1).max(4_096),
  line: z.coerce.number().int().min(1).nullable().default(null),
  text: z.string().trim().min(1).max(4_000),
});
const uncommentInput = z.strictObject({ id, comment: id });
const appliedInput = z.strictObject({
  id,
  version,
  branch: z.string().min(1).max(250),
  checkout: z.string().min(1).max(4_096),
});

/** Operations of wishes. */
export const wishOperations = {
  'wishes.list': operation(
    'GET /wishes',
    wishesInput,
    async ({ store }: WishNeeds, { limit, ...query }): Promise<Page<Wish>> =>
      pageOf(await listWishes(store, { ...query, limit: limit + 1 }), limit),
  ),
  'wishes.acceptance': operation('GET /wishes/acceptance', nothing, ({ store }: WishNeeds) =>
    acceptance(store),
  ),
  'wish.get': operation('GET /wishes/:id', pageInput, ({ store }: WishNeeds, which) =>
    wishPage(store, which),
  ),
  'wish.patch': operation(
    'GET /wishes/:id/patch',
    pageInput,
    async ({ store }: WishNeeds, { id: wishId, version: wanted }) => {
      if ((await findWish(store, wishId)) === undefined)
        throw new NotFoundError(`there is no wish ${wishId}`);
      const draft = await findDraft(store, wishId, wanted);
      if (draft?.patch == null || draft.base === null)
        throw new NotFoundError(
          `wish ${wishId} has no ${wanted === undefined ? 'draft' : `patch of version ${wanted}`} yet`,
        );
      const { base, patch, repository, state } = draft;
      return { id: wishId, version: draft.version, state, repository, base, patch };
    },
  ),
  'wish.add': operation('POST /wishes', addInput, ({ store, bus, now }: WishNeeds, wish, caller) =>
    changed(
      bus,
      store.transaction((tx) => addWish(tx, caller, wish, now())),
    ),
  ),
  'wish.decide': operation(
    'POST /wishes/:id/decision',
    decideInput,
    async ({ store, bus, draftDesk, now }: WishNeeds, decision, caller) => {
      const wish = await changed(
        bus,
        store.transaction((tx) => decideWish(tx, caller, decision, now())),
      );
      if (wish.state === 'rejected') draftDesk.stop(wish.id);
      return wish;
    },
  ),
  'wish.comment': operation(
    'POST /wishes/:id/comments',
    commentInput,
    ({ store, bus, now }: WishNeeds, comment, caller) =>
      changed(
        bus,
        store.transaction((tx) => addComment(tx, caller, comment, now())),
      ),
  ),
  'wish.uncomment': operation(
    'DELETE /wishes/:id/comments/:comment',
    uncommentInput,
    async ({ store, bus, now }: WishNeeds, which, caller) => {
      await changed(
        bus,
        store.transaction((tx) => removeComment(tx, caller, which, now())),
      );
      return { message: 'the comment is taken back' };
    },
  ),
  'wish.draft': operation('POST /wishes/:id/draft', byId, draftNow),
  'wish.check': operation(
    'POST /wishes/:id/check',
    byId,
    ({ bus, ...needs }: WishNeeds, which, caller) =>
      changed(bus, recheckDraft(needs, { id: which.id, by: caller.by })),
    { unrecorded: 'it looks; a move to stale stands in the trail of the wish' },
  ),
  'wish.applied': operation('POST /wishes/:id/applied', appliedInput, noteApplied, { faces: ['cli'] }),
};

/** Drafts a wish now, in the owner's name; resolves once it is begun. */
async function draftNow(
  { store, bus, draftDesk, settings, now }: WishNeeds,
  { id: wishId }: { id: number },
  caller: Caller,
): Promise<{ wishId: number; version: number }> {
  const order = {
    id: wishId,
    by: caller.by,
    budgetUsd: settings.get('drafter.budgetUsd'),
    signal: new AbortController().signal,
  };
  const { version: begun, ended } = await draftDesk.begin(order);
  // Its rows say how it ended; nobody waits here.
  ended.catch(() => undefined);
  await recordAct(store, caller, {
    at: now(),
    action: 'wish.draft-asked',
    summary: `had wish ${wishId} drafted, version ${begun}`,
    detail: { wish: wishId, version: begun },
  });
  bus.emit('list.changed', { list: 'wishes.list' });
  return { wishId, version: begun };
}

/** The owner's own command has made the branch; this writes it down. */
async function noteApplied(
  { store, bus, now }: WishNeeds,
  { id: wishId, version: applied, branch, checkout }: z.output<typeof appliedInput>,
  caller: Caller,
): Promise<Wish> {
  return changed(
    bus,
    store.transaction(async (tx) => {
      const wish = await moveWish(tx, { id: wishId, move: 'apply', by: caller.by, branch, now: now() });
      if (wish.draft?.version !== applied)
        throw new ConflictError(
          `version ${applied} of wish ${wishId} was applied, and its draft is version ${wish.draft?.version ?? 'none'}`,
        );
      await recordAct(tx, caller, {
        at: now(),
        action: 'wish.applied',
        summary: `wish ${wishId} was applied on the branch ${branch} of ${checkout}: ${wish.title}`,
        detail: { wish: wishId, version: applied, branch, checkout },
      });
      return wish;
    }),
  );
}

async function changed<T>(bus: WishNeeds['bus'], act: Promise<T>): Promise<T> {
  const answer = await act;
  bus.emit('list.changed', { list: 'wishes.list' });
  return answer;
}
