/** Facts about memories for observers. */
export type MemoryFacts = {
  /**
   * A memory stands in the store and waits to be prepared, since it is new or has other words; `by` says whose doing that is.
   * `events.recorded` tells of those that events bring.
   */
  'memory.pending': { by: string };
  /** These memories were prepared, and lack vectors of the encoders. */
  'memory.prepared': { ids: readonly number[] };
};
