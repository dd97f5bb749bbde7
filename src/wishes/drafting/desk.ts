import type { DraftOutcome, Draftsman } from '../../drafter/draft.ts';
import type { Bus } from '../../lib/bus.ts';
import { ConflictError, messageOf, StoreAwayError } from '../../lib/errors.ts';
import type { ListFacts } from '../../lib/operations/facts.ts';
import { rest } from '../../lib/rest.ts';
import type { Store } from '../../lib/store/store.ts';
import { MINUTE, SECOND } from '../../lib/time.ts';
import type { Wish } from '../rows.ts';
import { beginDraft, type BegunDraft } from './begin.ts';
import { endDraft, interruptDraft, settleLeft } from './end.ts';

export interface DraftDeskDeps {
  store: Store;
  draftsman: Pick<Draftsman, 'draft'>;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  /** The journal of this daemon. */
  worker: string;
  now: () => Date;
}

/** How and by whom a version is drafted. */
export interface DraftOrder {
  id: number;
  /** `night`, or the face by which the owner wants it now. */
  by: string;
  /** Most that it may cost, in US dollars. */
  budgetUsd: number;
  /** Aborts with `shutdown` where the wish is to be drafted again later. */
  signal: AbortSignal;
}

/** Where wishes are drafted, one at a time. */
export interface DraftDesk {
  /**
   * Begins a version of a wish and resolves once that is written down; `ended` resolves to the wish when it is over, and never
   * rejects before the store was away for long. Rejects with `ConflictError` where the wish is not to be drafted, or another one is.
   */
  begin(order: DraftOrder): Promise<{ version: number; ended: Promise<Wish> }>;
  /** Ends the drafting of a wish that the owner does not want any more. */
  stop(id: number): void;
  /** Ends it so that it is begun anew at the next start. */
  close(): void;
  /** Settles what a former life has left; safe at any time. */
  settleLeft(): Promise<void>;
}

const recordMs = 30 * MINUTE;

/** See `DraftDesk`. */
export function createDraftDesk(deps: DraftDeskDeps): DraftDesk {
  const { store, bus, draftsman, worker, now } = deps;
  let current: { id: number; end: AbortController } | undefined;
  const changed = (): void => bus.emit('list.changed', { list: 'wishes.list' });

  async function settle(): Promise<void> {
    if (current !== undefined) return;
    if (await store.transaction((tx) => settleLeft(tx, { worker, now: now() }))) changed();
  }

  async function work(begun: BegunDraft, end: AbortController, outer: AbortSignal): Promise<Wish> {
    const signal = AbortSignal.any([end.signal, outer]);
    try {
      const outcome = await outcomeOf(draftsman, begun, signal);
      const isCut = signal.aborted && signal.reason === 'shutdown' && outcome.kind !== 'drafted';
      return await patiently(() =>
        store.transaction((tx) =>
          isCut ? interruptDraft(tx, begun, now()) : endDraft(tx, begun, { outcome, now: now() }),
        ),
      );
    } finally {
      current = undefined;
      changed();
    }
  }

  return {
    async begin({ id, by, budgetUsd, signal }) {
      if (current !== undefined) throw busy(current.id, id);
      const end = new AbortController();
      current = { id, end };
      let begun: BegunDraft;
      try {
        begun = await store.transaction(async (tx) => {
          await settleLeft(tx, { worker, now: now() });
          return beginDraft(tx, { id, by, budgetUsd, worker, now: now() });
        });
      } catch (thrown) {
        current = undefined;
        throw thrown;
      }
      changed();
      return { version: begun.request.version, ended: work(begun, end, signal) };
    },
    stop(id) {
      if (current?.id === id) current.end.abort('rejected');
    },
    close() {
      current?.end.abort('shutdown');
    },
    settleLeft: settle,
  };

  async function patiently<T>(record: () => Promise<T>): Promise<T> {
    const over = AbortSignal.timeout(recordMs);
    for (;;) {
      try {
        return await record();
      } catch (thrown) {
        if (!(thrown instanceof StoreAwayError) || !(await rest(SECOND, over))) throw thrown;
      }
    }
  }
}

async function outcomeOf(
  draftsman: Pick<Draftsman, 'draft'>,
  { request }: BegunDraft,
  signal: AbortSignal,
): Promise<DraftOutcome> {
  try {
    return await draftsman.draft(request, signal);
  } catch (thrown) {
    return { kind: 'failed', reason: `the drafter failed: ${messageOf(thrown)}` };
  }
}

function busy(current: number, wanted: number): ConflictError {
  return new ConflictError(
    current === wanted
      ? `wish ${wanted} is being drafted already`
      : `wish ${current} is being drafted, and one is drafted at a time`,
  );
}
