import type { AcceptedBatch } from '../journal/intake.ts';
import { HUMAN, PRIORITIES, type PriorityName, URGENT } from '../wire/priority.ts';
import { EventQueue, type QueuedEvent, type QueueSlot } from './event-queue.ts';

/** An event handed out, by reference into the journal; `since` is when this very line came. */
export interface MailItem extends QueuedEvent {
  /** The priority that the line came with, before ageing. */
  priority: number;
  /** True where a later event of the same source and category took its place. */
  superseded: boolean;
}

export interface MailboxOptions {
  /** Events that may wait before the reader has to stop; default 2,000,000. */
  capacity?: number;
  /** After so many milliseconds an event rises one level, and again after each such period, never into HUMAN; default 60,000. */
  ageingMs?: () => number;
}

export interface Mailbox {
  /** Takes in a batch of accepted lines; the bound is the caller's to watch (`isFull`). */
  offer(batch: AcceptedBatch, now: number): void;
  /**
   * Hands out up to `room` events: highest effective priority first, oldest first within one. With `roomBytes`, only until
   * their lines together have that many.
   */
  take(room: number, now: number, roomBytes?: number): MailItem[];
  /** Hands out up to `room` HUMAN events, under the same bound. */
  takeHuman(room: number, roomBytes?: number): MailItem[];
  /** Events that wait, superseded ones included. */
  depth(): number;
  depthByPriority(): Record<PriorityName, number>;
  isFull(): boolean;
  /** True once there is worthwhile room again (a tenth of the bound), so that reading does not flutter. */
  hasRoom(): boolean;
  /** Milliseconds that the longest waiting event waits. */
  oldestWaitMs(now: number): number;
}

/**
 * The priority mailbox: strict priority, first-in first-out within one, ageing against starvation, and coalescing.
 * Each queue is ordered by arrival, so its head is its oldest and has risen the most: comparing the six heads is enough,
 * and ageing needs neither timers nor moves.
 */
export function createMailbox({
  capacity = 2_000_000,
  ageingMs = () => 60_000,
}: MailboxOptions = {}): Mailbox {
  const queues = PRIORITIES.map(() => new EventQueue());
  const superseded = new EventQueue();
  const slots = new Map<string, QueueSlot>();
  const coalesced = new Map<number, { key: string; since: number }>();
  const depth = (): number => queues.reduce((sum, queue) => sum + queue.size, superseded.size);

  const effectivePriority = (priority: number, since: number, now: number): number =>
    priority <= URGENT
      ? priority
      : Math.max(URGENT, priority - Math.floor(Math.max(0, now - since) / ageingMs()));

  const bestQueue = (now: number): number | undefined => {
    let best: number | undefined;
    let bestPriority = Infinity;
    let bestSince = Infinity;
    let bestPosition = Infinity;
    for (let priority = 0; priority < queues.length; priority += 1) {
      const queue = queues[priority] as EventQueue;
      const since = queue.headSince();
      if (since === undefined) continue;
      const effective = effectivePriority(priority, since, now);
      const position = queue.headPosition() as number;
      // Equals go by turn: a coalesced event has that of its first line, not of the one in its place.
      const isEarlier = since < bestSince || (since === bestSince && position < bestPosition);
      if (effective < bestPriority || (effective === bestPriority && isEarlier)) {
        best = priority;
        bestPriority = effective;
        bestSince = since;
        bestPosition = position;
      }
    }
    return best;
  };

  const takeFrom = (priority: number): MailItem => {
    const event = (queues[priority] as EventQueue).shift() as QueuedEvent;
    const latest = coalesced.size === 0 ? undefined : coalesced.get(event.position);
    if (latest !== undefined) {
      coalesced.delete(event.position);
      slots.delete(latest.key);
    }
    return { ...event, since: latest?.since ?? event.since, priority, superseded: false };
  };

  const coalesce = (
    key: string,
    priority: number,
    position: number,
    length: number,
    now: number,
  ): boolean => {
    const slot = slots.get(key);
    if (slot === undefined) return false;
    const old = (queues[priority] as EventQueue).replace(slot, position, length);
    superseded.push(old.position, old.length, coalesced.get(old.position)?.since ?? now);
    coalesced.delete(old.position);
    coalesced.set(position, { key, since: now });
    return true;
  };

  return {
    offer(batch, now) {
      for (let index = 0; index < batch.count; index += 1) {
        const priority = batch.priority[index] as number;
        const position = batch.position[index] as number;
        const length = batch.length[index] as number;
        const coalesceKey = batch.coalesceKeys.size === 0 ? undefined : batch.coalesceKeys.get(index);
        const key = coalesceKey === undefined ? undefined : `${priority}|${coalesceKey}`;
        if (key !== undefined && coalesce(key, priority, position, length, now)) continue;
        const queue = queues[priority] as EventQueue;
        queue.push(position, length, now);
        if (key !== undefined) {
          slots.set(key, queue.lastSlot());
          coalesced.set(position, { key, since: now });
        }
      }
    },

    take(room, now, roomBytes = Infinity) {
      const items: MailItem[] = [];
      let bytes = 0;
      const add = (item: MailItem): void => {
        items.push(item);
        bytes += item.length;
      };
      while (items.length < room && bytes < roomBytes) {
        const priority = bestQueue(now);
        if (priority === undefined) break;
        add(takeFrom(priority));
      }
      while (items.length < room && bytes < roomBytes) {
        const old = superseded.shift();
        if (old === undefined) break;
        add({ ...old, priority: PRIORITIES.length - 1, superseded: true });
      }
      return items;
    },

    takeHuman(room, roomBytes = Infinity) {
      const items: MailItem[] = [];
      let bytes = 0;
      while (items.length < room && bytes < roomBytes && (queues[HUMAN] as EventQueue).size > 0) {
        const item = takeFrom(HUMAN);
        items.push(item);
        bytes += item.length;
      }
      return items;
    },

    depth,
    depthByPriority: () =>
      Object.fromEntries(PRIORITIES.map((name, rank) => [name, (queues[rank] as EventQueue).size])) as Record<
        PriorityName,
        number
      >,
    isFull: () => depth() >= capacity,
    hasRoom: () => depth() <= capacity * 0.9,
    oldestWaitMs: (now) => Math.max(0, ...queues.map((queue) => now - (queue.headSince() ?? now))),
  };
}
