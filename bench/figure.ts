/** What a figure is held against. */
export interface Target {
  /** `>=` where more is better, `<=` where less is. */
  sense: '>=' | '<=';
  value: number;
}

/** One line of the report. */
export interface Figure {
  /** A stable name for programs, such as `accepted.8-writers`. */
  id: string;
  /** The same for people. */
  what: string;
  value: number;
  unit: 'lines/s' | 'events/s' | 'memories/s' | 'ms' | 'µs' | 'MiB' | 'kB' | '×' | 'lines' | 'processes';
  target?: Target;
  /** How it was measured, where the name does not say it. */
  note?: string;
}

/** What one measurement brought: figures, and what was lost or doubled, which is the only thing that fails a run. */
export interface Measured {
  figures: Figure[];
  /** Sentences about wrong counts; empty where all is well. */
  wrong: string[];
  /** Why nothing could be measured. */
  skipped?: string;
}

/** True where the figure meets its target, undefined where it has none. */
export function isMet({ value, target }: Figure): boolean | undefined {
  if (target === undefined) return undefined;
  return target.sense === '>=' ? value >= target.value : value <= target.value;
}
