import { messageOf, StoreAwayError } from '../../lib/errors.ts';
import { judgeStoreError, mayBeTooMuch, storeAway } from '../../lib/store/outage.ts';
import type { Store } from '../../lib/store/store.ts';
import { type EventRecord, isRepetition, type KeepAnswers, recordEvents } from '../rows/record-events.ts';

export interface WriteDeps {
  store: Store;
  /** Keeps the answers of reflexes that are to be sent somewhere. Default: whoever wants one listens. */
  keepAnswers?: KeepAnswers;
}

/**
 * Writes all at once, or halves where Postgres refuses a row, or less at once may pass, until each bad row stands by itself.
 * What is about no row, such as a lock or a full disk, is an outage: nobody is dead-lettered for it.
 */
export async function writeRecords(
  records: readonly EventRecord[],
  deps: WriteDeps,
  now: () => number,
): Promise<readonly EventRecord[]> {
  if (records.length === 0) return records;
  try {
    await recordEvents(deps.store, records, new Date(now()), deps.keepAnswers);
    return records;
  } catch (thrown) {
    const away = storeAway(thrown);
    if (away !== undefined && !(records.length > 1 && mayBeTooMuch(thrown))) throw away;
    if (records.length > 1) {
      const half = records.length >> 1;
      return [
        ...(await writeRecords(records.slice(0, half), deps, now)),
        ...(await writeRecords(records.slice(half), deps, now)),
      ];
    }
    return [await endRefused(records[0] as EventRecord, thrown, deps.store, now)];
  }
}

/** Keeps what can be kept of an event whose row is refused, each time less. */
async function endRefused(
  record: EventRecord,
  thrown: unknown,
  store: Store,
  now: () => number,
): Promise<EventRecord> {
  const dead = deadLetter(record, thrown);
  const endings = isRepetition(thrown) ? [repetition(record), dead] : [dead];
  let refusal = thrown;
  for (const ended of [...endings, bareLetter(dead)]) {
    try {
      await recordEvents(store, [ended], new Date(now()));
      return ended;
    } catch (again) {
      const away = storeAway(again);
      if (away !== undefined) throw away;
      refusal = again;
    }
  }
  // Where not even this can be written, it is no fault of the event's.
  throw new StoreAwayError(`the database takes no event at all: ${messageOf(refusal)}`, {
    cause: refusal,
    refused: judgeStoreError(refusal) !== undefined,
  });
}

/** What is kept of an event whose key was there before; it causes nothing. */
export function repetition(record: EventRecord): EventRecord {
  return {
    ...record,
    dedupKey: undefined,
    status: 'dropped',
    reason: 'an event with this dedupKey came before',
    reply: undefined,
    replyTo: undefined,
    task: undefined,
    notes: undefined,
  };
}

/** What is kept of an event whose row Postgres refuses: enough to know it by, in characters that are certainly good. */
function deadLetter(record: EventRecord, thrown: unknown): EventRecord {
  return {
    ...record,
    payload: record.payload.slice(0, 10_000).replace(/[^\x20-\x7e\n]/g, '\uFFFD'),
    status: 'dead',
    reason: `the store refused it: ${messageOf(thrown)}`,
    reply: undefined,
    replyTo: undefined,
    conversation: undefined,
    dedupKey: undefined,
    task: undefined,
    notes: undefined,
  };
}

/** Hardly more than that there was something. */
function bareLetter(dead: EventRecord): EventRecord {
  return { ...dead, payload: '', source: 'unknown', category: 'unknown', route: 'drop', rule: 'unknown' };
}
