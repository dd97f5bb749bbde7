import { numberArray, textArray } from '../../lib/store/array-literal.ts';
import type { EventRecord } from './event-record.ts';

/** The constraint by which an id is refused that was recorded before. */
export const idIsTaken = 'events_pkey';

/** Inserts events with parameters 1 to 14, those of `eventColumns`; it is refused where an id is taken. */
export const insertFreshEvents = `
  INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status,
                      reason, reply, conversation, dedup_key)
  SELECT id, priority, source, category, payload, to_timestamp(occurred_ms / 1000), to_timestamp(received_ms / 1000),
         route, rule, status, reason, reply, conversation, dedup_key
  FROM unnest($1::bigint[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::float8[], $8::text[],
              $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[])
    AS event (id, priority, source, category, payload, occurred_ms, received_ms, route, rule, status,
              reason, reply, conversation, dedup_key)`;

/** The same with parameters 1 to 10, those of `plainColumns`. */
export const insertPlainEvents = `
  INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
  SELECT id, priority, source, category, payload, to_timestamp(occurred_ms / 1000), to_timestamp(received_ms / 1000),
         route, rule, status
  FROM unnest($1::bigint[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::float8[], $8::text[],
              $9::text[], $10::text[])
    AS event (id, priority, source, category, payload, occurred_ms, received_ms, route, rule, status)`;

/** The values of events that have neither reason nor reply, conversation nor key. */
export function plainColumns(records: readonly EventRecord[]): string[] {
  return [
    numberArray(records.map(({ id }) => id)),
    numberArray(records.map(({ priority }) => priority)),
    textArray(records.map(({ source }) => source)),
    textArray(records.map(({ category }) => category)),
    textArray(records.map(({ payload }) => payload)),
    numberArray(records.map(({ occurredAt }) => occurredAt)),
    numberArray(records.map(({ receivedAt }) => receivedAt)),
    textArray(records.map(({ route }) => route)),
    textArray(records.map(({ rule }) => rule)),
    textArray(records.map(({ status }) => status)),
  ];
}

/** The values for `insertFreshEvents`. */
export function eventColumns(records: readonly EventRecord[]): string[] {
  return [
    ...plainColumns(records),
    textArray(records.map(({ reason }) => reason)),
    textArray(records.map(({ reply }) => reply)),
    textArray(records.map(({ conversation }) => conversation)),
    textArray(records.map(({ dedupKey }) => dedupKey)),
  ];
}
