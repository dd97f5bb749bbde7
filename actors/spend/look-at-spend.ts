import type { OutboxFacts } from '../../src/outbox/facts.ts';
import { fromPromise } from 'xstate';
import type { Bus } from '../../src/lib/bus.ts';
import { untilNextDay } from '../../src/spend/calendar.ts';
import type { CapPeriod, SpendLedger, SpendState } from '../../src/spend/ledger.ts';
import { capText } from '../../src/spend/words.ts';
import { tellOwner } from '../../src/tasks/tell-owner.ts';
import { noteCap } from '../../src/spend/rows/note-cap.ts';
import { releaseWaiting } from '../../src/spend/rows/release-waiting.ts';
import { spendSums } from '../../src/spend/rows/spend-sums.ts';
import type { Store } from '../../src/lib/store/store.ts';

export interface LookAtSpendDeps {
  store: Store;
  ledger: SpendLedger;
  bus: Pick<Bus<OutboxFacts>, 'emit'>;
  /** Reads the caps that were set at run time; done before the first sums are taken. */
  loadCaps: () => Promise<void>;
  now?: () => Date;
}

/** Other daemons on the same database spend too, and tell nobody. */
const maxRestMs = 5 * 60_000;

/**
 * Brings the ledger up to date, and tells the owner once when a cap is reached and once when tasks run again.
 * Resolves to the milliseconds until it should look again at the latest. Rejects with `StoreAwayError` while it cannot.
 */
export function createLookAtSpend({ store, ledger, bus, loadCaps, now = () => new Date() }: LookAtSpendDeps) {
  let noted: CapPeriod | null | undefined;
  let caps: Caps | undefined;
  return fromPromise<number>(async () => {
    const asked = ledger.promised();
    const at = now();
    if (noted === undefined) await loadCaps();
    const { sums, running } = await spendSums(store, asked, at);
    ledger.take(sums, asked, running);
    const state = ledger.state();
    if (caps !== undefined && isMore(state, caps)) await releaseWaiting(store, at);
    caps = state;
    if (state.reached !== noted) {
      const text = capText(state);
      const isNews = await store.transaction(async (tx) => {
        if (!(await noteCap(tx, { state, summary: text, now: at }))) return false;
        await tellOwner(tx, { origin: 'spend', text, taskId: null, now: at });
        return true;
      });
      if (isNews) bus.emit('owner.told', { origin: 'spend', text, taskId: null });
      noted = state.reached;
    }
    return Math.min(maxRestMs, untilNextDay(at) + 1);
  });
}

type Caps = Pick<SpendState, 'capUsd' | 'monthlyCapUsd'>;

function isMore(now: Caps, before: Caps): boolean {
  const grew = (cap: number | null, old: number | null) => (cap ?? Infinity) > (old ?? Infinity);
  return grew(now.capUsd, before.capUsd) || grew(now.monthlyCapUsd, before.monthlyCapUsd);
}
