import type { FeedOutput, Feeds } from './feeds/feeds.ts';
import type { AppDeps } from './http/app.ts';
import type { Hello } from './hello.ts';

/** What the dashboard's server serves; the root provides it. */
export interface DashboardService extends AppDeps {
  hello: () => Hello;
  /** Starts the feeds, which push through `output` until they are closed. */
  openFeeds: (output: FeedOutput) => Feeds;
  /** Its server listens there, or no longer. */
  listening?: (url: string | null) => void;
  /** An observer failed; the dashboard goes on. */
  report: (thrown: unknown, what: string) => void;
}
