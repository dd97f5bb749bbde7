import type { Report } from '../report.ts';

/** How a poll went. */
export type Outcome =
  | { kind: 'answered'; report: Report; tookMs: number }
  /** `reason` is a sentence without a capital, such as "the connection was refused". */
  | { kind: 'failed'; reason: string; tookMs: number };

/** What a probe found, before the time that it took is known. */
export type Probed = { report: Report } | { problem: string };
