import type { EventSummary } from '../../control/api.ts';
import type { EventRecord } from '../../store/events/record-events.ts';
import type { EventListRow } from '../../store/events/list-events.ts';
import { readPayload } from '../../wire/parse-line.ts';
import { type Priority, priorityName } from '../../wire/priority.ts';

const shownChars = 200;

/** A recorded event for lists. */
export function eventSummary(row: EventListRow): EventSummary {
  return {
    id: row.id,
    priority: priorityName(row.priority as Priority),
    source: row.source,
    category: row.category,
    text: readPayload(row.payload).text.slice(0, shownChars),
    occurredAt: row.occurred_at.toISOString(),
    receivedAt: row.received_at.toISOString(),
    route: row.route,
    rule: row.rule,
    status: row.status,
    reason: row.reason,
    conversation: row.conversation,
  };
}

/** The same from what was just recorded. */
export function summaryOfRecord(record: EventRecord): EventSummary {
  return eventSummary({
    ...record,
    payload: record.payload.slice(0, 2_000),
    occurred_at: dateOf(record.occurredAt),
    received_at: dateOf(record.receivedAt),
    reason: record.reason ?? null,
    conversation: record.conversation ?? null,
  });
}

/** A time of a wire line may lie beyond what a Date can hold. */
function dateOf(ms: number): Date {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}

/** A page of a list that was asked for one more than `limit`. */
export function pageOf<Row extends { id: number }, Item>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => Item,
): { items: Item[]; next: number | null } {
  const shown = rows.slice(0, limit);
  return { items: shown.map(view), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
}
