/** Progress of remembering. */
export interface MemoryProgress {
  total: number;
  /** Through the pipeline: these can be recalled. */
  prepared: number;
  /** How many became so a second between the last two counts; null where nothing waits, and where that is not known yet. */
  preparesASecond: number | null;
  /** The embedder that questions are asked with now, and why it is not an encoder, if it is not. */
  model: string | null;
  degraded: string | null;
  /** Prepared memories that have a vector of it, and that do not. */
  embedded: number;
  missing: number;
  /** The encoders that are ready, the configured one first. */
  encoders: EncoderProgress[];
}

/** Prepared memories that have a vector of an encoder, and that do not; and how fast they get one. */
export interface EncoderProgress {
  model: string;
  embedded: number;
  missing: number;
  /** Vectors a second of the last pass that made some; null before one. */
  aSecond: number | null;
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
    preparesASecond: null,
    encoders: [],
  };
  return { progress: () => current, set: (progress) => (current = progress) };
}
