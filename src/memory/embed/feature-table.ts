/** Features of a text by their names: how often each came, and the weight that it came with first. */
export interface FeatureTable {
  /** Different features. */
  readonly size: number;
  /** Of each feature, in the order in which they came first. */
  readonly hashes: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
  /** Adds the feature whose name is a prefix and a part of a text. */
  add(prefix: string, text: string, weight: number, start?: number, end?: number): void;
}

const leastSlots = 4_096;

let hashes: Uint32Array;
let checks: Uint32Array;
let counts: Uint32Array;
let weights: Float64Array;
/** Places of features by hash, plus 1; 0 where there is none. */
let slots: Uint32Array;
let size = 0;
makeRoom(leastSlots);

/**
 * The one table of this thread, emptied: it is filled and read before the next one is asked for. Features are told apart by two
 * hashes of their names, 64 bits together, so that no name is ever made; the first one is the feature's own, FNV-1a (RFC 9923)
 * with MurmurHash3's finalizer, whose low bits are more regular than a sign and a place may be without it.
 */
export function emptyTable(): FeatureTable {
  if (hashes.length === leastSlots) slots.fill(0);
  else makeRoom(leastSlots);
  size = 0;
  return table;
}

const table: FeatureTable = {
  get size() {
    return size;
  },
  get hashes() {
    return hashes;
  },
  get counts() {
    return counts;
  },
  get weights() {
    return weights;
  },
  add(prefix, text, weight, start = 0, end = text.length) {
    let hash = 0x811c9dc5;
    let check = 0;
    for (let index = 0; index < prefix.length; index += 1) {
      const code = prefix.charCodeAt(index);
      hash = Math.imul(hash ^ code, 0x01000193);
      check = Math.imul(check ^ code, 0x5bd1e995) + code;
    }
    for (let index = start; index < end; index += 1) {
      const code = text.charCodeAt(index);
      hash = Math.imul(hash ^ code, 0x01000193);
      check = Math.imul(check ^ code, 0x5bd1e995) + code;
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    count((hash ^ (hash >>> 16)) >>> 0, check >>> 0, weight);
  },
};

function count(hash: number, check: number, weight: number): void {
  const mask = slots.length - 1;
  let slot = hash & mask;
  for (let place = slots[slot] as number; place !== 0; place = slots[slot] as number) {
    if (hashes[place - 1] === hash && checks[place - 1] === check) {
      counts[place - 1] = (counts[place - 1] as number) + 1;
      return;
    }
    slot = (slot + 1) & mask;
  }
  hashes[size] = hash;
  checks[size] = check;
  counts[size] = 1;
  weights[size] = weight;
  size += 1;
  slots[slot] = size;
  if (size === hashes.length) grow();
}

/** Twice the room; a text of 20,000 characters has up to 100,000 features. */
function grow(): void {
  const before = { hashes, checks, counts, weights };
  makeRoom(2 * before.hashes.length);
  hashes.set(before.hashes);
  checks.set(before.checks);
  counts.set(before.counts);
  weights.set(before.weights);
  for (let place = 1; place <= size; place += 1) {
    let slot = (hashes[place - 1] as number) & (slots.length - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = place;
  }
}

function makeRoom(features: number): void {
  hashes = new Uint32Array(features);
  checks = new Uint32Array(features);
  counts = new Uint32Array(features);
  weights = new Float64Array(features);
  slots = new Uint32Array(2 * features);
}
