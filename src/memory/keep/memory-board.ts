/** Progress of remembering. */
export interface MemoryProgress {
  total: number;
  /** Through the pipeline: these can be recalled. */
  prepared: number;
  /** The embedder that serves now, and why it is not the real one, if it is not. */
  model: string | null;
  degraded: string | null;
  /** Prepared memories that have a vector of it, and that do not. */
  embedded: number;
  missing: number;
}

/** Board on which the memory keeper shows its progress. */
export interface MemoryBoard {
  progress(): MemoryProgress;
  set(progress: MemoryProgress): void;
}

/** A board that knows of no memory at first. */
export function createMemoryBoard(): MemoryBoard {
  let current: MemoryProgress = {
    total: 0,
    prepared: 0,
    model: null,
    degraded: null,
    embedded: 0,
    missing: 0,
  };
  return { progress: () => current, set: (progress) => (current = progress) };
}
