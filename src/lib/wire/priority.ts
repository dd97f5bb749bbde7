/** The six priorities of the wire format in rank order; the index is the number on the wire and in `events.priority`. */
export const PRIORITIES = ['HUMAN', 'URGENT', 'HIGH', 'NORMAL', 'LOW', 'IDLE'] as const;

export type PriorityName = (typeof PRIORITIES)[number];

/** 0 (HUMAN) to 5 (IDLE). */
export type Priority = 0 | 1 | 2 | 3 | 4 | 5;

export const HUMAN: Priority = 0;
export const URGENT: Priority = 1;

/** The name of a priority number, e.g. `0` → `HUMAN`. */
export function priorityName(priority: Priority): PriorityName {
  return PRIORITIES[priority];
}
