/** How long a stroke or a meal is felt. */
const fadeMs = 60_000;
const gains = { pet: 0.4, feed: 0.6 };

/**
 * @typedef {{ level: number, at: number, last: 'pet' | 'feed' | null }} Joy `level` 0 to 1 at the instant `at`
 */

/** @type {Joy} */
export const noJoy = { level: 0, at: 0, last: null };

/**
 * How much joy is left of it, 0 to 1: it fades evenly within a minute. Nothing about the runtime depends on it.
 * @param {Joy} joy @param {number} now epoch milliseconds
 */
export function joyAt(joy, now) {
  return Math.max(0, joy.level - Math.max(0, now - joy.at) / fadeMs);
}

/**
 * @param {Joy} joy @param {'pet' | 'feed'} kindness @param {number} now epoch milliseconds
 * @returns {Joy}
 */
export function cheered(joy, kindness, now) {
  return { level: Math.min(1, joyAt(joy, now) + gains[kindness]), at: now, last: kindness };
}
