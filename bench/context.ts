import type { BenchDaemon } from './daemon.ts';
import type { Measured } from './figure.ts';
import type { Sizes } from './sizes.ts';

/** What a measurement works with. */
export interface Context {
  sizes: Sizes;
  /** A folder for what it needs; removed at the end. */
  scratch: string;
  /** The daemon of this run, started (cold) by whoever asks first. */
  daemon: () => Promise<BenchDaemon>;
  /** Stops the daemon of this run and starts it again on its home (warm). */
  restartDaemon: () => Promise<BenchDaemon>;
  /** A name that no other flood of this run has. */
  newCategory: () => string;
}

/** One measurement; `name` is what `--only` takes. */
export interface Measurement {
  name: string;
  /** Said while it runs. */
  title: string;
  run: (context: Context) => Promise<Measured>;
}
