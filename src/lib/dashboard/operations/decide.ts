import { ConflictError, NotFoundError } from '../../control/errors.ts';
import { recordActivity } from '../../store/activity/activity.ts';
import { decideFinding, findFinding, listFindings } from '../../store/findings/findings.ts';
import type { Store } from '../../store/store.ts';
import { decideWish, findWish, listWishes, proposeWish } from '../../store/wishes/wishes.ts';
import type { Caller, Handlers } from '../dispatch.ts';
import { findingView, wishPage, wishView } from '../views/decisions.ts';
import { pageOf } from '../views/summaries.ts';

/** A list of which something was decided. */
export type DecidedList = 'wishes' | 'findings' | 'goals';

export interface DecideOperationDeps {
  store: Store;
  now: () => Date;
  /** Tells the pages that a list has changed. */
  decided: (list: DecidedList) => void;
}

type Tx = Pick<Store, 'query'>;
type WishDecision = 'approve' | 'reject' | 'reopen';

/** From which states a wish may be decided, and to which it goes. */
const wishMoves: Readonly<Record<WishDecision, { from: readonly string[]; to: string; done: string }>> = {
  approve: { from: ['proposed', 'rejected', 'failed'], to: 'approved', done: 'approved' },
  reject: { from: ['proposed', 'approved', 'drafted', 'failed'], to: 'rejected', done: 'rejected' },
  reopen: { from: ['approved', 'rejected'], to: 'proposed', done: 'reopened' },
};

/** Wishes and findings: each decision with its line in the activity log, in one transaction. */
export function decideOperations({ store, now, decided }: DecideOperationDeps) {
  return {
    'wishes.list': async ({ limit, ...query }) =>
      pageOf(await listWishes(store, { ...query, limit: limit + 1 }), limit, wishView),
    'wish.get': async ({ id }) => {
      const row = await findWish(store, id);
      if (row === undefined) throw new NotFoundError(`there is no wish ${id}`);
      return wishPage(row);
    },
    'wish.add': async ({ title, description }, caller) => {
      const wish = await store.transaction(async (tx) => {
        const row = await proposeWish(tx, {
          title,
          description,
          origin: 'owner',
          approved: false,
          now: now(),
        });
        if (row === undefined) throw new ConflictError('a wish of this title is open already');
        await note(tx, caller, {
          at: now(),
          action: 'wish.proposed',
          summary: `wished: ${title}`,
          detail: { wish: row.id },
        });
        return wishView(row);
      });
      decided('wishes');
      return wish;
    },
    'wish.decide': async ({ id, decision, reason }, caller) => {
      const { from, to, done } = wishMoves[decision];
      const wish = await store.transaction(async (tx) => {
        const change = { id, from, to, reason: reason ?? null, now: now() };
        const row = await decideWish(tx, change).catch(refuseTwin);
        if (row === undefined) throw await whyNotDecided(tx, id, decision);
        await note(tx, caller, {
          at: now(),
          action: `wish.${done}`,
          summary: `wish ${id} was ${done}: ${row.title}`,
          detail: { wish: id, reason: reason ?? null },
        });
        return wishView(row);
      });
      decided('wishes');
      return wish;
    },

    'findings.list': async ({ limit, ...query }) =>
      pageOf(await listFindings(store, { ...query, limit: limit + 1 }), limit, findingView),
    'finding.decide': async ({ id, decision, reason }, caller) => {
      const state = decision === 'accept' ? 'accepted' : 'dismissed';
      const finding = await store.transaction(async (tx) => {
        const row = await decideFinding(tx, { id, state, now: now() });
        if (row === undefined) throw await whyNotOpen(tx, id);
        const wish =
          decision === 'accept'
            ? await proposeWish(tx, {
                title: row.summary.slice(0, 200),
                description: descriptionOf(row.summary, row.evidence),
                origin: 'finding',
                findingId: id,
                approved: false,
                now: now(),
              })
            : undefined;
        await note(tx, caller, {
          at: now(),
          action: `finding.${state}`,
          summary: `finding ${id} was ${state}: ${row.summary}`,
          detail: { finding: id, wish: wish?.id ?? null, reason: reason ?? null },
        });
        return { ...findingView(row), wishId: wish?.id ?? row.wish_id };
      });
      decided('findings');
      if (decision === 'accept') decided('wishes');
      return finding;
    },
  } satisfies Partial<Handlers>;
}

/** Writes down a decision of the owner, and by which face it came. */
export async function note(
  tx: Tx,
  { by }: Caller,
  { detail, ...act }: { at: Date; action: string; summary: string; detail: Record<string, unknown> },
): Promise<void> {
  await recordActivity(tx, { ...act, actor: 'owner', detail: { ...detail, by } });
}

/** A rejected wish may have come up again meanwhile: then the open one is the one to decide. */
function refuseTwin(thrown: unknown): never {
  const { constraint } = thrown as { constraint?: unknown };
  if (constraint === 'wishlist_open_key') throw new ConflictError('a wish of this title is open already');
  throw thrown;
}

async function whyNotDecided(tx: Tx, id: number, decision: WishDecision): Promise<Error> {
  const row = await findWish(tx, id);
  if (row === undefined) return new NotFoundError(`there is no wish ${id}`);
  return new ConflictError(`wish ${id} is ${row.state}: there is nothing to ${decision}`);
}

async function whyNotOpen(tx: Tx, id: number): Promise<Error> {
  const row = await findFinding(tx, id);
  if (row === undefined) return new NotFoundError(`there is no finding ${id}`);
  return new ConflictError(`finding ${id} was decided already: it is ${row.state}`);
}

const evidenceChars = 10_000;

function descriptionOf(summary: string, evidence: unknown): string {
  return `${summary}\n\nEvidence:\n${JSON.stringify(evidence, undefined, 2).slice(0, evidenceChars)}`;
}
