/** What observers hear of the fleet. */
export type FleetFacts = {
  /** Something is to be told, or to be judged anew: a host was polled, changed or asked for. */
  'fleet.changed': Record<string, never>;
  /** A host is due sooner than it was. */
  'fleet.due': Record<string, never>;
};
