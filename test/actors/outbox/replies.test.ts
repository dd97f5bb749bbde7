import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { fakeAgent } from '../../helpers/agent-fixtures.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';
import { allEnd, clearOutbox, startOutbox } from '../../helpers/outbox.ts';
import { type TempDatabase, tempDatabase } from '../../helpers/temp-database.ts';
import { testChannel } from '../../helpers/test-channel.ts';
import { queueTask, startWorker } from '../tasks/tasks-harness.ts';

let database: TempDatabase;
beforeAll(async () => {
  database = await tempDatabase();
});
afterAll(() => database.stop());
beforeEach(() => clearOutbox(database.store));
leakGuard();

it('a task that an agent has really run is answered in the channel that its event named, at once', async () => {
  const { store } = database;
  const channel = testChannel();
  const worker = startWorker({ store, agent: () => fakeAgent('good.sh') });
  const outbox = startOutbox({ store, channels: [channel], bus: worker.bus });
  await outbox.rests();
  const id = await queueTask(store, { replyTo: 'test:owner' });
  worker.send({ type: 'tasks.wake' });
  const { eventId } = await worker.ends(id);
  // Nothing but the fact of the task's end wakes the outbox before its rest of ten seconds is over.
  const endedAt = performance.now();
  await vi.waitFor(() => expect(channel.sent).toHaveLength(1), { timeout: 30_000 });
  expect(performance.now() - endedAt).toBeLessThan(5_000);
  expect(channel.sent).toMatchObject([
    { address: 'owner', kind: 'reply', text: 'hello world', state: 'done', taskId: id, eventId },
  ]);
  expect(await allEnd(store)).toMatchObject([{ state: 'delivered', taskId: id }]);
  await outbox.stop();
  await worker.stop();
});
