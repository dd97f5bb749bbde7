/** Spans of time in milliseconds. A browser's page and a machine keep their own, since both import nothing of this floor. */
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
