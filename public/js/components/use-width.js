import { useEffect, useMemo, useState } from '../view.js';

/**
 * Whether a media query holds, also when that changes.
 * @param {string} query
 */
export function useWidth(query) {
  const media = useMemo(() => matchMedia(query), [query]);
  const [holds, setHolds] = useState(media.matches);
  useEffect(() => {
    const follow = () => setHolds(media.matches);
    media.addEventListener('change', follow);
    follow();
    return () => media.removeEventListener('change', follow);
  }, [media]);
  return holds;
}
