import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createPool, type PooledStore } from '../../../src/lib/store/pool.ts';
import { loadMigrations } from '../../../src/lib/store/migrations.ts';
import { deliveries, keepReply, startOutbox } from '../../helpers/outbox.ts';
import { nativeBinaries, nativePostgres, type NativePostgres } from '../../helpers/native-postgres.ts';
import { testChannel } from '../../helpers/test-channel.ts';

const bin = nativeBinaries();
const messages = 200;
const addresses = 5;

/** The tables of the outbox alone, since a Debian server has no pgvector. */
function tablesWithoutVectors(): string {
  const sqlOf = (version: number) => loadMigrations().find((known) => known.version === version)?.sql ?? '';
  const activity = /CREATE TABLE activity_log[^;]*;/.exec(sqlOf(1))?.[0] ?? '';
  return [activity, sqlOf(12), sqlOf(13)].join('\n');
}

// Where no server is installed there is nothing to test against; .ci/run installs one.
describe.skipIf(bin === undefined)('three daemons on one server', () => {
  let server: NativePostgres;
  let stores: PooledStore[] = [];
  beforeAll(async () => {
    server = await nativePostgres(bin as string);
    stores = [1, 2, 3].map(() => createPool({ kind: 'server', url: server.url }, { max: 3 }));
    await stores[0]?.query({ text: tablesWithoutVectors() });
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.end()));
    server.remove();
  });

  it('send each message once between them, and each address its messages in order', async () => {
    const [store] = stores as [PooledStore];
    for (let n = 0; n < messages; n += 1)
      await keepReply(store, { text: `${n % addresses}-${n}`, replyTo: `test:${n % addresses}` });
    const arrived: string[] = [];
    const sides = stores.map(() => {
      const side = testChannel();
      side.behave = async ({ text }) => {
        await new Promise(setImmediate);
        arrived.push(text);
      };
      return side;
    });
    const outboxes = stores.map((own, index) => {
      const side = sides[index];
      if (side === undefined) throw new Error('each daemon has its own channel');
      return startOutbox({ store: own, channels: [side] });
    });
    // Each hears only of its own; a wake now and then keeps all of them in the race.
    await vi.waitFor(
      () => {
        outboxes.forEach(({ wake }) => wake());
        expect(arrived).toHaveLength(messages);
      },
      { timeout: 60_000, interval: 5 },
    );
    await Promise.all(outboxes.map((outbox) => outbox.stop()));
    expect(new Set(arrived).size).toBe(messages);
    for (let address = 0; address < addresses; address += 1) {
      const numbers = arrived
        .filter((text) => text.startsWith(`${address}-`))
        .map((text) => Number(text.split('-')[1]));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
    expect(sides.filter(({ sent }) => sent.length > 0).length).toBeGreaterThan(1);
    expect((await deliveries(store)).map(({ state, attempts }) => [state, attempts])).toEqual(
      Array(messages).fill(['delivered', 1]),
    );
  });
});
