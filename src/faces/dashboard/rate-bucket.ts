/**
 * A token bucket: the returned function says whether one more may pass now. `burst` may pass at once, `perSecond` come back.
 */
export function rateBucket(
  { perSecond, burst }: { perSecond: number; burst: number },
  now: () => number = () => performance.now(),
): () => boolean {
  let left = burst;
  let at = now();
  return () => {
    const since = now();
    left = Math.min(burst, left + ((since - at) / 1000) * perSecond);
    at = since;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
