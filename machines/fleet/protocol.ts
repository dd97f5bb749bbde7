import type { DueHost } from '../../src/fleet/rows/due.ts';

/** How many hosts are polled at once; asked at each look. */
export interface FleetInput {
  atOnce: () => number;
}

/** News for the fleet: a host is due sooner than it was, or is new. */
export interface FleetCommand {
  type: 'fleet.wake';
}

/** A question to the store: hosts that are due. */
export interface FleetLookRequest {
  /** For so many there is room. */
  room: number;
  /** Ids of those that are being polled. */
  busy: readonly number[];
}

/** The hosts to be polled now, and how long until the next one is due. */
export interface FleetLookResult {
  due: readonly DueHost[];
  restMs: number;
}
