const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * A span of time in at most two units, such as `840 ms`, `2 m 14 s`, `3 d 4 h`.
 * @param {number} ms milliseconds; below zero counts as zero
 */
export function duration(ms) {
  if (!Number.isFinite(ms) || ms < 0) return '0 s';
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${trimZero((ms / SECOND).toFixed(1))} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return twoUnits(ms, MINUTE, 'm', SECOND, 's');
  if (ms < DAY) return twoUnits(ms, HOUR, 'h', MINUTE, 'm');
  return twoUnits(ms, DAY, 'd', HOUR, 'h');
}

/**
 * How long ago an instant was, or how soon it will be: `just now`, `14 min ago`, `in 3 h`.
 * @param {number} at epoch milliseconds
 * @param {number} now epoch milliseconds
 */
export function relative(at, now) {
  const distance = Math.abs(now - at);
  if (distance < 5 * SECOND) return 'just now';
  const span = coarse(distance);
  return at <= now ? `${span} ago` : `in ${span}`;
}

/** @param {number} ms */
function coarse(ms) {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`;
  if (ms < 60 * DAY) return `${Math.floor(ms / DAY)} d`;
  if (ms < 730 * DAY) return `${Math.floor(ms / (30 * DAY))} months`;
  return `${Math.floor(ms / (365 * DAY))} years`;
}

/** @param {number} ms @param {number} large @param {string} largeName @param {number} small @param {string} smallName */
function twoUnits(ms, large, largeName, small, smallName) {
  const rest = Math.floor((ms % large) / small);
  const head = `${Math.floor(ms / large)} ${largeName}`;
  return rest === 0 ? head : `${head} ${rest} ${smallName}`;
}

/** @param {string} text */
function trimZero(text) {
  return text.replace(/\.0$/, '');
}
