/** Accepted lines by reference, as parallel arrays: a million of them wait in some 20 MB. */
export interface AcceptedBatch {
  count: number;
  position: Float64Array;
  length: Uint32Array;
  priority: Uint8Array;
  /** `source|category` of the lines whose category is coalesced, by index. */
  coalesceKeys: Map<number, string>;
  /** True where the journal holds more that nobody has looked at. */
  hasMore?: boolean;
}

/** Gathers the lines of one batch after the other in the same memory. */
export interface BatchBuilder {
  add(position: number, length: number, priority: number, coalesceKey: string | undefined): void;
  /** Hands out what was added, in arrays of just its size, and begins anew. */
  finish(hasMore: boolean): AcceptedBatch;
}

/** The shortest good line, `0|a||b|` with its newline. */
const shortestLineBytes = 8;

/** See `BatchBuilder`; a batch is of the lines that end in `chunkBytes` bytes. */
export function createBatchBuilder(chunkBytes: number): BatchBuilder {
  const most = Math.ceil(chunkBytes / shortestLineBytes) + 2;
  const position = new Float64Array(most);
  const length = new Uint32Array(most);
  const priority = new Uint8Array(most);
  let coalesceKeys = new Map<number, string>();
  let count = 0;
  return {
    add(at, bytes, rank, coalesceKey) {
      position[count] = at;
      length[count] = bytes;
      priority[count] = rank;
      if (coalesceKey !== undefined) coalesceKeys.set(count, coalesceKey);
      count += 1;
    },
    finish(hasMore) {
      const batch: AcceptedBatch = {
        count,
        position: position.slice(0, count),
        length: length.slice(0, count),
        priority: priority.slice(0, count),
        coalesceKeys,
        hasMore,
      };
      count = 0;
      coalesceKeys = new Map();
      return batch;
    },
  };
}
