import { useEffect } from '../view.js';

/**
 * Asks anew every so many milliseconds while the part of the page is shown.
 * @param {() => void} reload
 * @param {number} everyMs
 */
export function useAskedAgain(reload, everyMs) {
  useEffect(() => {
    const timer = setInterval(reload, everyMs);
    return () => clearInterval(timer);
  }, [reload, everyMs]);
}
