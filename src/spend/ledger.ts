import { startOfDay, startOfNextMonth } from './calendar.ts';

/** What tasks have cost, in US dollars, by the days and months of the daemon's time zone. */
export interface SpendSums {
  todayUsd: number;
  monthUsd: number;
}

/** One attempt of one task, as `tasks` knows it. */
export interface RunKey {
  id: number;
  attempt: number;
}

/** How spending stands, for people and programs; null where no cap is set. */
export interface SpendState extends SpendSums {
  capUsd: number | null;
  monthlyCapUsd: number | null;
  /** The cap that is used up: only HUMAN tasks start. */
  reached: CapPeriod | null;
}

/** What a cap is counted over. */
export type CapPeriod = 'day' | 'month';

/**
 * Who may still spend what, without a query a decision. Sums come from the store (`take`); what running tasks may yet
 * spend is promised to them and kept apart until sums are known that include what they really cost.
 */
export interface SpendLedger {
  /** False while only HUMAN may start: a cap is used up or promised away, or nothing is known yet. */
  mayAdmit(): boolean;
  /** Keeps a share of what is left apart for this run; nothing without a cap. Done before the next one is admitted. */
  promise(run: RunKey): void;
  /** The most that this run may spend, in US dollars; undefined where nothing is promised to it. */
  promiseOf(run: RunKey): number | undefined;
  /** The runs to which something is promised. */
  promised(): RunKey[];
  /** New sums, and which of the runs in `asked` still ran when they were taken; the others' promises are over. */
  take(sums: SpendSums, asked: readonly RunKey[], running: readonly RunKey[]): void;
  /** When there is new money for a run that has used up what it was promised; undefined without a promise. */
  moneyReturns(run: RunKey, now: Date): Date | undefined;
  state(): SpendState;
}

export interface LedgerDeps {
  /** US dollars, or null for no cap. Asked at each decision. */
  dailyCapUsd: () => number | null;
  monthlyCapUsd: () => number | null;
  /** How many tasks other than HUMAN may run at once. */
  openLanes: () => number;
}

/** With less than this left no run gets anywhere: the cap counts as used up. */
const leastRunUsd = 0.01;

/** See `SpendLedger`. */
export function createSpendLedger(deps: LedgerDeps): SpendLedger {
  let known: SpendSums | undefined;
  const promises = new Map<string, RunKey & { usd: number }>();

  const leftUsd = (): number => {
    // Before the first sums the caps themselves may not have been read from the store.
    if (known === undefined) return 0;
    const [daily, monthly] = [deps.dailyCapUsd(), deps.monthlyCapUsd()];
    return Math.min((daily ?? Infinity) - known.todayUsd, (monthly ?? Infinity) - known.monthUsd);
  };
  const freeUsd = (): number => [...promises.values()].reduce((left, { usd }) => left - usd, leftUsd());
  const isUsedUp = (cap: number | null, spent: number): boolean => cap !== null && cap - spent < leastRunUsd;

  return {
    mayAdmit: () => freeUsd() >= leastRunUsd,
    promise(run) {
      promises.delete(keyOf(run));
      const free = freeUsd();
      if (free === Infinity) return;
      // An equal share for each lane that may still be taken, so that all of them together keep within the cap.
      const lanes = Math.max(1, deps.openLanes() - promises.size);
      promises.set(keyOf(run), { ...run, usd: Math.max(leastRunUsd, free / lanes) });
    },
    promiseOf: (run) => promises.get(keyOf(run))?.usd,
    promised: () => [...promises.values()].map(({ id, attempt }) => ({ id, attempt })),
    take(sums, asked, running) {
      known = sums;
      const still = new Set(running.map(keyOf));
      for (const run of asked) if (!still.has(keyOf(run))) promises.delete(keyOf(run));
    },
    moneyReturns(run, now) {
      if (known === undefined || !promises.has(keyOf(run))) return undefined;
      const [daily, monthly] = [deps.dailyCapUsd() ?? Infinity, deps.monthlyCapUsd() ?? Infinity];
      // The cap with less left is the one that the promise was cut from.
      return monthly - known.monthUsd <= daily - known.todayUsd ? startOfNextMonth(now) : startOfDay(now, -1);
    },
    state() {
      const { todayUsd, monthUsd } = known ?? { todayUsd: 0, monthUsd: 0 };
      const capUsd = deps.dailyCapUsd();
      const monthlyCapUsd = deps.monthlyCapUsd();
      const reached = isUsedUp(monthlyCapUsd, monthUsd) ? 'month' : isUsedUp(capUsd, todayUsd) ? 'day' : null;
      return { todayUsd, monthUsd, capUsd, monthlyCapUsd, reached };
    },
  };
}

function keyOf({ id, attempt }: RunKey): string {
  return `${id}:${attempt}`;
}
