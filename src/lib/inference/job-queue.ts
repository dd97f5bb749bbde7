import type { Batch, Work, WorkItem } from './work.ts';

/** A request whose items wait, are being computed, or have their results. */
export interface Job {
  readonly work: Work;
  readonly items: readonly WorkItem[];
  resolve(results: unknown[]): void;
  reject(error: Error): void;
}

export interface QueueLimits {
  /** Items that may wait; past three quarters of it only queries and pairs are taken. */
  capacity: number;
  batchItems: number;
  /** The longest item's tokens times the number of items, which is what a padded batch costs. */
  batchTokens: number;
}

/** Waiting requests in order of urgency, handed out as batches that merge requests of one kind. */
export interface JobQueue {
  /** False, and nothing is kept, where too much waits already. */
  push(job: Job): boolean;
  /** The next batch, or undefined where nothing waits. A batch that is handed out waits for `answer` or `fail`. */
  take(): Batch | undefined;
  /** Gives the results of a batch, in the order of its items, to those who asked. */
  answer(batchId: number, results: readonly unknown[]): void;
  /** A batch could not be computed: its items are tried one by one, and the job of one that fails again is rejected. */
  fail(batchId: number, error: Error): void;
  /** Forgets a job, whose caller has given up. */
  forget(job: Job): void;
  /** Takes all jobs out: those with items in a batch that was handed out, and those that only waited. */
  drain(): { running: Job[]; waiting: Job[] };
  /** Number of items that wait. */
  depth(): number;
}

interface Entry {
  job: Job;
  results: unknown[];
  /** Items below it were handed out. */
  next: number;
  missing: number;
}

type Slot = { entry: Entry; index: number };

const urgency: readonly Work[] = ['query', 'builtInQuery', 'pair', 'builtInPassage', 'passage', 'names'];
const urgent: ReadonlySet<Work> = new Set<Work>(['query', 'builtInQuery', 'pair']);
const firstOfTheRest: Work = 'builtInPassage';
const windowTokens = 512;
const bytesPerToken = 4;

/** See `JobQueue`. */
export function createJobQueue({ capacity, batchItems, batchTokens }: QueueLimits): JobQueue {
  const entries = new Map<Job, Entry>();
  const lanes: Record<Work, Entry[]> = {
    query: [],
    builtInQuery: [],
    pair: [],
    builtInPassage: [],
    passage: [],
    names: [],
  };
  const out = new Map<number, Slot[]>();
  let singles: Slot[] = [];
  let waiting = 0;
  let lastId = 0;

  function handOut(work: Work, slots: Slot[]): Batch {
    lastId += 1;
    out.set(lastId, slots);
    return { id: lastId, work, items: slots.map(itemOf) };
  }

  function takeSingle(): Batch | undefined {
    const slot = singles.shift();
    if (slot === undefined) return undefined;
    waiting -= 1;
    return handOut(slot.entry.job.work, [slot]);
  }

  function takeMerged(work: Work): Batch | undefined {
    const lane = lanes[work];
    const slots: Slot[] = [];
    let longest = 0;
    for (let entry = lane[0]; entry !== undefined; entry = lane[0]) {
      const slot = { entry, index: entry.next };
      longest = Math.max(longest, tokensOf(itemOf(slot)));
      const isFull = slots.length >= batchItems || longest * (slots.length + 1) > batchTokens;
      if (slots.length > 0 && isFull) break;
      slots.push(slot);
      entry.next += 1;
      if (entry.next === entry.job.items.length) lane.shift();
    }
    if (slots.length === 0) return undefined;
    waiting -= slots.length;
    return handOut(work, slots);
  }

  function settle(entry: Entry, how: () => void): void {
    if (!entries.has(entry.job)) return;
    forget(entry.job);
    how();
  }

  function forget(job: Job): void {
    const entry = entries.get(job);
    if (entry === undefined) return;
    entries.delete(job);
    const lane = lanes[job.work];
    const place = lane.indexOf(entry);
    if (place !== -1) {
      lane.splice(place, 1);
      waiting -= job.items.length - entry.next;
    }
    const others = singles.filter((slot) => slot.entry !== entry);
    waiting -= singles.length - others.length;
    singles = others;
  }

  function takeOut(batchId: number): Slot[] {
    const slots = out.get(batchId) ?? [];
    out.delete(batchId);
    return slots.filter(({ entry }) => entries.has(entry.job));
  }

  return {
    push(job) {
      const bound = urgent.has(job.work) ? capacity : (capacity * 3) / 4;
      if (waiting + job.items.length > bound) return false;
      const entry = { job, results: [], next: 0, missing: job.items.length };
      entries.set(job, entry);
      lanes[job.work].push(entry);
      waiting += job.items.length;
      return true;
    },
    take() {
      for (const work of urgency) {
        // Items that failed together are tried again behind all urgent ones, before more of the rest.
        const batch = work === firstOfTheRest ? (takeSingle() ?? takeMerged(work)) : takeMerged(work);
        if (batch !== undefined) return batch;
      }
      return undefined;
    },
    answer(batchId, results) {
      const all = out.get(batchId) ?? [];
      const places = new Map(all.map((slot, place) => [slot, place]));
      for (const slot of takeOut(batchId)) {
        const { entry, index } = slot;
        entry.results[index] = results[places.get(slot) ?? -1];
        entry.missing -= 1;
        if (entry.missing === 0) settle(entry, () => entry.job.resolve(entry.results));
      }
    },
    fail(batchId, error) {
      const wasAlone = out.get(batchId)?.length === 1;
      const slots = takeOut(batchId);
      if (wasAlone) for (const { entry } of slots) settle(entry, () => entry.job.reject(error));
      else {
        singles.push(...slots);
        waiting += slots.length;
      }
    },
    forget,
    drain() {
      const handedOut = new Set([...out.values()].flat().map(({ entry }) => entry.job));
      const jobs = [...entries.keys()];
      for (const job of jobs) forget(job);
      out.clear();
      return {
        running: jobs.filter((job) => handedOut.has(job)),
        waiting: jobs.filter((job) => !handedOut.has(job)),
      };
    },
    depth: () => waiting,
  };
}

function itemOf({ entry, index }: Slot): WorkItem {
  return entry.job.items[index] as WorkItem;
}

/** An estimate that errs on the high side for Latin text, and needs no tokenizer. */
function tokensOf(item: WorkItem): number {
  const bytes = item.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return Math.min(windowTokens, Math.ceil(bytes / bytesPerToken) + 2);
}
