/** Memories that were said and cannot be found yet, seen from those who wait for them. */
export interface InHand {
  /** Something new stands in the store and waits to be prepared. */
  arrive(): void;
  /** A pass of the keeper begins: returns the mark that `settle` takes when all there was can be found. */
  begin(): number;
  settle(mark: number): void;
  /** True while something waits that came after the last pass began. */
  hasNews(): boolean;
  /** Resolves when all that has arrived by now can be found, at the latest after so many milliseconds. Never rejects. */
  untilSettled(maxMs: number): Promise<void>;
}

/** See `InHand`. */
export function createInHand(): InHand {
  let arrived = 0;
  let begun = 0;
  let settled = 0;
  const waiting = new Set<{ mark: number; go: () => void }>();
  return {
    arrive: () => void (arrived += 1),
    begin: () => (begun = arrived),
    settle(mark) {
      settled = Math.max(settled, mark);
      for (const one of [...waiting]) if (one.mark <= settled) one.go();
    },
    hasNews: () => arrived > begun,
    async untilSettled(maxMs) {
      if (settled >= arrived) return;
      const late = AbortSignal.timeout(maxMs);
      await new Promise<void>((resolve) => {
        const one = { mark: arrived, go: done };
        function done(): void {
          waiting.delete(one);
          late.removeEventListener('abort', done);
          resolve();
        }
        waiting.add(one);
        late.addEventListener('abort', done, { once: true });
      });
    },
  };
}

/** Longest wait of a person's question for what is in hand. */
export const inHandMs = 150;

/** The same asking, which first lets what was said just before become something that can be recalled. */
export function afterInHand<Query, Answer>(
  ask: (query: Query) => Promise<Answer>,
  inHand: Pick<InHand, 'untilSettled'>,
): (query: Query) => Promise<Answer> {
  return async (query) => {
    await inHand.untilSettled(inHandMs);
    return ask(query);
  };
}
