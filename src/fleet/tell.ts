import type { Store } from '../lib/store/store.ts';
import type { NewEvent } from '../lib/wire/put-event.ts';
import { evidenceOf } from './evidence.ts';
import { fleetSource, sourceOfHost } from './name.ts';
import { eventsToPut, type FleetEvent, markPut } from './rows/events.ts';

const atOnce = 50;

/**
 * Writes what is to be told into the pipe, oldest first, and marks it. An event whose mark is lost is written again under the
 * same key, which drops it. Rejects where nobody reads the pipe; what is left comes with the next call.
 */
export async function tellNews(
  store: Store,
  { put, now }: { put: (event: NewEvent) => Promise<void>; now: () => Promise<Date> },
): Promise<number> {
  let told = 0;
  for (;;) {
    const events = await eventsToPut(store, atOnce);
    for (const event of events) {
      const evidence = event.priority === 'URGENT' ? await evidenceOf(store, event) : '';
      await put(eventOf(event, evidence));
      await markPut(store, event.id, await now());
      told += 1;
    }
    if (events.length < atOnce) return told;
  }
}

/** The event of something that happened to a host. */
export function eventOf(event: FleetEvent & { host: string | null }, evidence: string): NewEvent {
  const { id, host, at, category, priority, before, state, text, detail } = event;
  return {
    priority,
    source: host === null ? fleetSource : sourceOfHost(host),
    timestamp: at,
    category,
    payload: {
      text: evidence === '' ? text : `${text}\n\n${evidence}`,
      ...(host !== null && { host }),
      ...(state !== null && { state }),
      ...(before !== null && { before }),
      ...detail,
      dedupKey: `fleet-${id}-${at.getTime()}`,
    },
  };
}
