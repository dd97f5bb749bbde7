import type { EventRecord } from './rows/record-events.ts';

/** What observers hear of events. */
export type EventFacts = {
  /** An event met its rule. `reply` is there when a reflex answered. */
  'event.routed': {
    eventId: number;
    route: string;
    rule: string;
    status: string;
    /** The key as it is stored (see `eventKey`). */
    dedupKey?: string;
    reply?: string;
    /** Why it failed, was dropped or is a dead letter. */
    reason?: string;
  };
  /** A batch of events stands in the store; once a batch, whatever is in it. */
  'events.recorded': { records: readonly EventRecord[] };
};
