/** Findings that wait for the owner, as a count. A snooze that is over is none. */
export const findingsWaiting = {
  findings: `SELECT count(*) FROM optimization_findings WHERE state = 'open' OR (state = 'snoozed' AND snoozed_until <= now())`,
};
