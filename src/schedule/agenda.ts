import { messageOf } from '../lib/errors.ts';
import { Heap } from './heap.ts';
import { instantsOf, type Instants, wordsOf } from './instants.ts';
import { dueAt } from './jitter.ts';
import type { JobDefinition, JobKind } from './job.ts';

/** A job as the scheduler knows it. */
export interface KnownJob {
  job: JobDefinition;
  kind: JobKind;
  instants: Instants;
  /** Every instant up to here is accounted for. */
  cursor: Date;
  /** The last run was ended by the daemon's own end. */
  isCutOff: boolean;
  /** The next instant, and when its fire begins; undefined where there is none, and while it is paused. */
  nextAt: Date | undefined;
  dueAt: Date | undefined;
  /** Why it is never due although it is not paused: its schedule cannot be read. */
  problem: string | undefined;
}

interface Entry {
  known: KnownJob;
  due: number;
}

/**
 * The jobs by the time of their next fire. Adding, taking and moving one costs log n comparisons; asking for the next time
 * costs none.
 */
export interface Agenda {
  /** Adds a job, or takes its new definition. */
  put(kind: JobKind, job: JobDefinition, from: Pick<KnownJob, 'cursor' | 'isCutOff'>): KnownJob;
  remove(id: string): void;
  get(id: string): KnownJob | undefined;
  all(): Iterable<KnownJob>;
  size(): number;
  /** How many have a schedule that cannot be read. */
  broken(): number;
  /** Takes jobs that are due out of the order, at most `limit`; `place` puts each back. */
  takeDue(now: Date, limit: number): KnownJob[];
  /** Puts a job where its next instant after `cursor` belongs. */
  place(known: KnownJob, cursor: Date): void;
  /** When the next fire begins, in epoch milliseconds; infinite where none does. */
  nextDueAt(): number;
  clear(): void;
  /** Comparisons made so far. */
  comparisons(): number;
}

const nothing: Instants = { next: () => undefined, latest: () => [] };

/** See `Agenda`; empty at first. */
export function createAgenda(): Agenda {
  const jobs = new Map<string, KnownJob>();
  let broken = 0;
  const heap = new Heap<Entry>(({ due }) => due);
  const isStale = ({ known, due }: Entry): boolean =>
    jobs.get(known.job.id) !== known || known.dueAt?.getTime() !== due;
  const forget = (id: string): void => {
    if (jobs.get(id)?.problem !== undefined) broken -= 1;
    jobs.delete(id);
  };
  const freshTop = (): Entry | undefined => {
    let top = heap.peek();
    for (; top !== undefined && isStale(top); top = heap.peek()) heap.pop();
    return top;
  };
  const push = (known: KnownJob): void => {
    if (known.dueAt === undefined) return;
    heap.push({ known, due: known.dueAt.getTime() });
    // Jobs that are changed again and again leave entries behind that nobody meets before their time.
    if (heap.size <= 2 * jobs.size + 64) return;
    heap.clear();
    for (const other of jobs.values())
      if (other.dueAt !== undefined) heap.push({ known: other, due: other.dueAt.getTime() });
  };
  const place = (known: KnownJob, cursor: Date): void => {
    known.cursor = cursor;
    known.nextAt = known.job.paused ? undefined : known.instants.next(cursor);
    known.dueAt = known.nextAt && dueAt(known.job, known.instants, known.nextAt);
    push(known);
  };
  return {
    put(kind, job, { cursor, isCutOff }) {
      const known: KnownJob = {
        ...readSchedule(job),
        job,
        kind,
        cursor,
        isCutOff,
        nextAt: undefined,
        dueAt: undefined,
      };
      forget(job.id);
      jobs.set(job.id, known);
      if (known.problem !== undefined) broken += 1;
      place(known, cursor);
      return known;
    },
    remove: forget,
    get: (id) => jobs.get(id),
    all: () => jobs.values(),
    size: () => jobs.size,
    broken: () => broken,
    takeDue(now, limit) {
      const due: KnownJob[] = [];
      while (due.length < limit) {
        const top = freshTop();
        if (top === undefined || top.due > now.getTime()) break;
        heap.pop();
        top.known.dueAt = undefined;
        due.push(top.known);
      }
      return due;
    },
    place,
    nextDueAt() {
      return freshTop()?.due ?? Infinity;
    },
    clear() {
      jobs.clear();
      heap.clear();
      broken = 0;
    },
    comparisons: () => heap.comparisons,
  };
}

/** What a cursor is good for: where these words change, it says nothing about the instants of the new ones. */
export function definitionOf({ schedule, paused }: JobDefinition): string {
  return paused ? `paused: ${wordsOf(schedule)}` : wordsOf(schedule);
}

function readSchedule({ schedule }: JobDefinition): Pick<KnownJob, 'instants' | 'problem'> {
  try {
    const instants = instantsOf(schedule);
    return { instants, problem: undefined };
  } catch (error) {
    return { instants: nothing, problem: messageOf(error) };
  }
}
