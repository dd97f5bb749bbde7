/** Facts about lines for observers. */
export type WireFacts = {
  /** A watched line (see `Acceptance`) is in the journal and on disk. */
  'event.accepted': { dedupKey: string };
  /** Lines were refused; the first few of a kind each have a fact, the others one a minute for their number. */
  'event.rejected': { lines: number };
};
