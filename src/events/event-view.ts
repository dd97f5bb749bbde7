import { readPayload } from '../lib/wire/parse-line.ts';
import { type Priority, type PriorityName, priorityName } from '../lib/wire/priority.ts';
import type { EventListRow, EventRow } from './rows/search-events.ts';
import type { EventRecord } from './rows/record-events.ts';

/** An event as lists show it. */
export interface EventSummary extends Omit<EventListRow, 'priority' | 'payload'> {
  priority: PriorityName;
  /** The first 200 characters of the payload. */
  text: string;
}

/** An event with all its text, which is cut at 100,000 characters. */
export interface EventDetail extends EventSummary {
  payload: string;
  reply: string | null;
  taskId: number | null;
}

const shownChars = 200;
const payloadChars = 2_000;

/** A recorded event for lists. */
export function eventSummary({ priority, payload, ...row }: EventListRow): EventSummary {
  return {
    ...row,
    priority: priorityName(priority as Priority),
    text: readPayload(payload).text.slice(0, shownChars),
  };
}

/** A recorded event with its text, its reply and its task. */
export function eventDetail({ reply, taskId, ...row }: EventRow): EventDetail {
  return { ...eventSummary(row), payload: row.payload, reply, taskId };
}

/** The summary of an event that was just recorded. */
export function summaryOfRecord(record: EventRecord): EventSummary {
  const { id, priority, source, category, route, rule, status } = record;
  return eventSummary({
    id,
    priority,
    source,
    category,
    route,
    rule,
    status,
    payload: record.payload.slice(0, payloadChars),
    occurredAt: dateOf(record.occurredAt),
    receivedAt: dateOf(record.receivedAt),
    reason: record.reason ?? null,
    conversation: record.conversation ?? null,
  });
}

/** A time of a wire line may lie beyond what a Date can hold. */
function dateOf(ms: number): Date {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}
