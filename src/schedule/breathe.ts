const longestMs = 5;

/**
 * Lets others have the event loop where the work that calls it has held it for some milliseconds; to be awaited between
 * small pieces of work.
 */
export function createBreath(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < longestMs) return undefined;
    return new Promise((resolve) =>
      setImmediate(() => {
        since = performance.now();
        resolve();
      }),
    );
  };
}
