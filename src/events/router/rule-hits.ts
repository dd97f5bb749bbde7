import type { RoutedEvent } from './routed-event.ts';

/** What became of the events that met a rule. */
export interface HitCounts {
  /** Events that it took, or changed on their way. */
  taken: number;
  /** Of these, how many its throttle dropped, and its quiet hours held or lowered. */
  throttled: number;
  held: number;
  lowered: number;
  /** Epoch milliseconds at which the last one came. */
  lastAt: number;
}

/** Counts of rules in memory, on their way into the store. */
export interface RuleHits {
  count(events: readonly Pick<RoutedEvent, 'rule' | 'receivedAt' | 'shaping'>[]): void;
  /** The counts that are not stored, by the name of the rule. */
  waiting(): ReadonlyMap<string, HitCounts>;
  /** Hands all counts out, and begins at nothing. */
  take(): Map<string, HitCounts>;
  /** Takes counts back that could not be stored. */
  giveBack(counts: ReadonlyMap<string, HitCounts>): void;
}

/** See `RuleHits`; as large as there are rules. */
export function createRuleHits(): RuleHits {
  let counts = new Map<string, HitCounts>();

  const of = (rule: string): HitCounts => {
    let hits = counts.get(rule);
    if (hits === undefined)
      counts.set(rule, (hits = { taken: 0, throttled: 0, held: 0, lowered: 0, lastAt: 0 }));
    return hits;
  };
  const hit = (rule: string, at: number): void => {
    const hits = of(rule);
    hits.taken += 1;
    if (at > hits.lastAt) hits.lastAt = at;
  };

  return {
    count(events) {
      for (const { rule, receivedAt, shaping } of events) {
        hit(rule, receivedAt);
        if (shaping === undefined) continue;
        for (const met of shaping.met ?? []) hit(met, receivedAt);
        if (shaping.throttledBy !== undefined) of(shaping.throttledBy).throttled += 1;
        if (shaping.heldBy !== undefined) of(shaping.heldBy).held += 1;
        if (shaping.loweredBy !== undefined) of(shaping.loweredBy).lowered += 1;
      }
    },
    waiting: () => counts,
    take() {
      const taken = counts;
      counts = new Map();
      return taken;
    },
    giveBack(back) {
      for (const [rule, { taken, throttled, held, lowered, lastAt }] of back) {
        const hits = of(rule);
        hits.taken += taken;
        hits.throttled += throttled;
        hits.held += held;
        hits.lowered += lowered;
        hits.lastAt = Math.max(hits.lastAt, lastAt);
      }
    },
  };
}
