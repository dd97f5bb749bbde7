/**
 * @typedef {import('../../../src/operations.ts').Answers['now.get']} Now
 * @typedef {import('../../../src/operations.ts').Answers['now.history']} NowHistory
 */

const keptMs = 15 * 60_000;
const columns = /** @type {const} */ ([
  'depth',
  'eventsPerSecond',
  'running',
  'queued',
  'loopP99Ms',
  'todayUsd',
  'failed',
]);

/**
 * The plots' columns with one more pulse: at most one column an interval, none older than a quarter of an hour, and a
 * gap (null) where pulses were missing.
 * @param {NowHistory} history @param {Now} pulse
 * @returns {NowHistory}
 */
export function withPulse(history, pulse) {
  const last = history.at.at(-1);
  const passed = last === undefined ? Infinity : pulse.at - last;
  if (passed < history.intervalMs * 0.9) return history;
  const hasGap = last !== undefined && passed > history.intervalMs * 3;
  const first = history.at.findIndex((at) => pulse.at - at <= keptMs);
  const from = first === -1 ? history.at.length : first;
  const values = valuesOf(pulse);
  const grown = {
    ...history,
    at: [...history.at.slice(from), ...(hasGap ? [last + history.intervalMs] : []), pulse.at],
  };
  for (const column of columns)
    grown[column] = [...history[column].slice(from), ...(hasGap ? [null] : []), values[column]];
  return grown;
}

/** @param {Now} pulse */
function valuesOf({ status, eventsPerSecond, lately }) {
  return {
    depth: status.mailbox.depth,
    eventsPerSecond,
    running: status.tasks.running,
    queued: status.tasks.queued,
    loopP99Ms: status.loop.p99Ms,
    todayUsd: status.spend.todayUsd,
    failed: lately.failedLastHour,
  };
}
