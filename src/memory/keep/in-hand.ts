/** Memories that were said and cannot be found yet, seen from those who wait for them. */
export interface InHand {
  /**
   * Something new stands in the store and waits to be prepared; the owner's words are prepared before all others. `event`: the
   * event that says it.
   */
  arrive(whose?: 'owner' | 'anybody', event?: number): void;
  /** A pass of the keeper begins: returns the mark that `settle` takes when all there was can be found. */
  begin(): number;
  settle(mark: number): void;
  /** The same for a batch, and for the owner's words alone. */
  beginOwners(): number;
  settleOwners(mark: number): void;
  /** True while something waits that came after the last pass began. */
  hasNews(): boolean;
  /**
   * Resolves when all that has arrived by now can be found, at the latest after so many milliseconds. Whoever asks by an event
   * does not wait for the words of that where they are the last. Never rejects.
   */
  untilSettled(maxMs: number, askedBy?: number): Promise<void>;
  /** The same for the owner's words alone. */
  untilOwnersSettled(maxMs: number, askedBy?: number): Promise<void>;
  /** True while somebody waits for something. */
  isAwaited(): boolean;
}

/** See `InHand`. `onAwaited` is called each time that somebody begins to wait. */
export function createInHand(onAwaited: () => void = () => undefined): InHand {
  const all = createLane(onAwaited);
  const owners = createLane(onAwaited);
  return {
    arrive(whose = 'anybody', event) {
      all.arrive(event);
      if (whose === 'owner') owners.arrive(event);
    },
    begin: () => all.begin(),
    settle: (mark) => all.settle(mark),
    beginOwners: () => owners.begin(),
    settleOwners: (mark) => owners.settle(mark),
    hasNews: () => all.hasNews(),
    untilSettled: (maxMs, askedBy) => all.untilSettled(maxMs, askedBy),
    untilOwnersSettled: (maxMs, askedBy) => owners.untilSettled(maxMs, askedBy),
    isAwaited: () => all.isAwaited() || owners.isAwaited(),
  };
}

function createLane(onAwaited: () => void) {
  let arrived = 0;
  let begun = 0;
  let settled = 0;
  let lastEvent: number | undefined;
  const waiting = new Set<{ mark: number; go: () => void }>();
  return {
    arrive(event?: number) {
      arrived += 1;
      lastEvent = event;
    },
    begin: () => (begun = arrived),
    settle(mark: number) {
      settled = Math.max(settled, mark);
      for (const one of [...waiting]) if (one.mark <= settled) one.go();
    },
    hasNews: () => arrived > begun,
    isAwaited: () => waiting.size > 0,
    async untilSettled(maxMs: number, askedBy?: number) {
      const mark = askedBy !== undefined && askedBy === lastEvent ? arrived - 1 : arrived;
      if (settled >= mark) return;
      const late = AbortSignal.timeout(maxMs);
      await new Promise<void>((resolve) => {
        const one = { mark, go: done };
        function done(): void {
          waiting.delete(one);
          late.removeEventListener('abort', done);
          resolve();
        }
        waiting.add(one);
        onAwaited();
        late.addEventListener('abort', done, { once: true });
      });
    },
  };
}

/** Longest wait of a person's question for what is in hand, and for their own words, which may wait behind one batch. */
export const inHandMs = 150;
export const ownersInHandMs = 5_000;

/**
 * The same asking, which first lets what was said just before become something that can be recalled. `exceptEvent`: the event
 * that asks, whose own words are left out.
 */
export function afterInHand<Query extends { exceptEvent?: number }, Answer>(
  ask: (query: Query) => Promise<Answer>,
  inHand: Pick<InHand, 'untilSettled'> & Partial<Pick<InHand, 'untilOwnersSettled'>>,
): (query: Query) => Promise<Answer> {
  return async (query) => {
    const { exceptEvent } = query;
    await Promise.all([
      inHand.untilSettled(inHandMs, exceptEvent),
      inHand.untilOwnersSettled?.(ownersInHandMs, exceptEvent),
    ]);
    return ask(query);
  };
}
