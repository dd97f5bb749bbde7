import { rest } from '../rest.ts';

const againMs = 3_000;

/**
 * Writes an event, and writes it again every 3 s until it was heard of: another writer may have torn its line, and its
 * `dedupKey` keeps it from being taken twice. Resolves when `heard` aborts; rejects where the first write fails.
 */
export async function sendUntilHeard(put: () => Promise<void>, heard: AbortSignal): Promise<void> {
  await put();
  while (await rest(againMs, heard)) {
    // The first one is on its way: a full pipe is no reason to give it up.
    await put().catch(() => undefined);
  }
}
