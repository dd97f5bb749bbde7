import { type TaskMark, taskMarker } from '../marker.ts';

/** A run of a task, and when processes of it may have been born, in clock ticks since boot. */
export interface Run {
  key: string;
  mark: TaskMark;
  from: number;
  /** Undefined while it goes on. */
  until: number | undefined;
  /** True once it is being ended: whoever is left of it is to go. */
  isOver: boolean;
}

/** The runs of tasks, which a process can be traced to by the time of its birth. */
export interface Runs {
  begin(mark: TaskMark): void;
  /** The run is being ended. */
  close(mark: TaskMark): void;
  /** Nobody of it is left to be born. */
  end(mark: TaskMark): void;
  /** The runs that were under way when a process was born. */
  at(startTime: number): Run[];
  of(key: string): Run | undefined;
}

/** Ended runs that are remembered: a stray is found within seconds, and a day has some hundred runs. */
const maxEnded = 1_000;
/** Ticks are 10 ms, and birth is told in whole ones. */
const slackTicks = 2;

/** A roster without a run; `now` gives the clock ticks since boot. */
export function createRuns(now: () => number): Runs {
  const runs = new Map<string, Run>();
  const forgetOldest = (): void => {
    const ended = [...runs.values()].filter(({ until }) => until !== undefined);
    for (const { key } of ended.slice(0, Math.max(0, ended.length - maxEnded))) runs.delete(key);
  };
  return {
    begin(mark) {
      const key = keyOf(mark);
      const from = runs.get(key)?.from ?? now();
      runs.set(key, { key, mark, from, until: undefined, isOver: false });
    },
    close(mark) {
      const run = runs.get(keyOf(mark));
      if (run !== undefined) run.isOver = true;
    },
    end(mark) {
      const run = runs.get(keyOf(mark));
      if (run === undefined) return;
      Object.assign(run, { isOver: true, until: now() } satisfies Partial<Run>);
      forgetOldest();
    },
    at: (startTime) =>
      [...runs.values()].filter(
        ({ from, until }) => startTime >= from - slackTicks && startTime <= (until ?? Infinity) + slackTicks,
      ),
    of: (key) => runs.get(key),
  };
}

/** The marker's value, by which a run is known. */
export function keyOf(mark: TaskMark): string {
  return taskMarker(mark).value;
}
