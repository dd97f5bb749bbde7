import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordingDesk } from '../../helpers/recording-desk.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const database = useDatabase('events', 'tasks', 'memory_embeddings', 'journals');
const now = Date.UTC(2026, 10, 28, 12);
const lines = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `LOW|test||metric|${name} ${index}`);

/** A daemon's recording, on a journal that may have been there before. */
const start = (dir: string) => recordingDesk({ store: database.store, now, dir });

async function payloads(): Promise<string[]> {
  const { rows } = await database.store.query<{ payload: string }>({
    text: 'SELECT payload FROM events ORDER BY id',
  });
  return rows.map(({ payload }) => payload);
}

/** What a power failure leaves of a journal that was not flushed: its first `bytes`. */
function cut(dir: string, bytes: number): void {
  const [segment = ''] = readdirSync(join(dir, 'journal')).filter((name) => name.endsWith('.log'));
  truncateSync(join(dir, 'journal', segment), bytes);
}

describe('a journal that ends before what the store has of it', () => {
  it('loses no line that comes afterwards, nor one that is replayed, and says so', async () => {
    const dir = tempDir();
    const before = start(dir);
    const events = before.route(lines('before', 10));
    await before.record(events);
    before.rig.close();
    cut(dir, events[4]?.position ?? 0);

    const after = start(dir);
    const replayEnd = after.rig.journal.endPosition();
    await after.record(after.route(lines('after', 10)), { replayEnd });
    expect(await payloads()).toEqual([...lines('before', 10), ...lines('after', 10)].map(payloadOf));
    expect(after.problems).toEqual([expect.stringContaining('the store has 6 events of what came after it')]);
    after.rig.close();

    // Nothing is cut now: what is replayed is known, and nothing is told.
    const again = start(dir);
    const replayed = again.rig.journal.endPosition();
    await again.record(
      again.route(lines('last', 1)).filter(({ position }) => position >= replayed),
      { replayEnd: replayed },
    );
    expect(again.problems).toEqual([]);
    expect((await payloads()).at(-1)).toBe('last 0');
  });

  it('does so each time that it is cut at the same place', async () => {
    const dir = tempDir();
    const first = start(dir);
    const [event] = first.route(lines('a', 2));
    await first.record(first.route(lines('b', 1)));
    first.rig.close();
    for (const name of ['c', 'd', 'e']) {
      cut(dir, event?.position ?? 0);
      const next = start(dir);
      await next.record(next.route(lines(name, 3)), { replayEnd: next.rig.journal.endPosition() });
      next.rig.close();
    }
    expect(await payloads()).toEqual(
      [...lines('b', 1), ...lines('c', 3), ...lines('d', 3), ...lines('e', 3)].map(payloadOf),
    );
  });
});

function payloadOf(line: string): string {
  return line.split('|')[4] ?? '';
}
