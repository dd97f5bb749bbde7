/** How preparing a connection ended: it may be opened, or must not be for a while. */
export type Prepared =
  | { kind: 'open' }
  | { kind: 'disabled' }
  | { kind: 'away'; reason: string }
  | { kind: 'unauthorised'; reason: string }
  /** `waitMs` until it is worth another look. */
  | { kind: 'parked'; reason: string; waitMs: number };

/** News of the connection. */
export type GatewayFact =
  /** A new session: what came before it was missed. */
  | { type: 'gateway.ready' }
  /** The old session goes on: nothing was missed. */
  | { type: 'gateway.resumed' }
  | { type: 'gateway.acked' }
  /** The line is cut; the library connects again by itself. */
  | { type: 'gateway.lost'; reason: string }
  /** The connection is over, and how it is to go on. */
  | { type: 'gateway.closed'; end: Exclude<Prepared, { kind: 'open' | 'disabled' }> }
  /** Live messages came faster than they could be held. */
  | { type: 'gateway.behind' }
  /** Another owner was paired, or none is left. */
  | { type: 'gateway.owner' }
  /** Discord lets nothing be sent for so long. */
  | { type: 'gateway.limited'; waitMs: number };
