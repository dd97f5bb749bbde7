import type { Bus } from '../lib/bus.ts';
import type { RunningTask } from '../tasks/reflexes.ts';
import type { TaskFacts } from '../tasks/facts.ts';
import type { Status } from './status/status.ts';

/** What a screen needs of the daemon whose terminal it is. */
export interface ScreenFeeds {
  bus: Pick<Bus<TaskFacts>, 'on'>;
  runningTasks: () => readonly RunningTask[];
  /** How long running tasks may go on after the word to stop. */
  drainMs: number;
}

/** The terminal that a daemon was started in. Where there is one, the log goes to its files alone. */
export interface Screen {
  /** The dashboard is open: a link into it, good once; or why it is not. */
  dashboard(link: { url: string } | { reason: string }): void;
  /** The daemon takes events. */
  ready(status: Status): Promise<void>;
  /** Tells of tasks from now on; returns what ends that. */
  follow(feeds: ScreenFeeds): () => void;
  /** It was told to stop. */
  stopping(feeds: ScreenFeeds): void;
  ended(text: string): void;
}
