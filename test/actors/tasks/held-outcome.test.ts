import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createActor, toPromise } from 'xstate';
import { createRecorder } from '../../../actors/tasks/record-task.ts';
import { createRecoverTasks } from '../../../actors/tasks/upkeep.ts';
import { noRun } from '../../../machines/agent-run/context.ts';
import type { RecordRequest } from '../../../machines/task/protocol.ts';
import { createBus } from '../../../src/bus.ts';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import type { Store } from '../../../src/lib/store/store.ts';
import { createHeldOutcomes } from '../../../src/tasks/held-outcomes.ts';
import { defaultRetryPolicy } from '../../../src/tasks/run/retry.ts';
import { fakeAgent } from '../../helpers/agent-fixtures.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { useDatabase } from '../../helpers/use-database.ts';
import { claimNext, queueTask, taskRow } from './tasks-harness.ts';

const { store } = useDatabase('tasks', 'events', 'conversations', 'task_transcripts');
const away: Store = {
  query: () => Promise.reject(new StoreAwayError('read-only', { refused: true })),
  transaction: () => Promise.reject(new StoreAwayError('read-only', { refused: true })),
};

/** One life of a daemon over this folder of held outcomes. */
function life(dir: string, on: Store, worker: string) {
  const problems: string[] = [];
  const held = createHeldOutcomes(dir, (problem) => problems.push(problem));
  const bus = createBus((thrown) => {
    throw thrown;
  });
  const retryPolicy = () => defaultRetryPolicy;
  const record = createRecorder({ store: on, bus, retryPolicy, held });
  const recover = async (): Promise<void> => {
    const logic = createRecoverTasks({
      store: on,
      bus,
      worker,
      leaseMs: 60_000,
      killGraceMs: () => 100,
      retryPolicy,
      held,
      record,
    });
    const actor = createActor(logic);
    const recovered = toPromise(actor);
    actor.start();
    await recovered;
  };
  return { record, recover, problems };
}

async function finished(): Promise<RecordRequest> {
  await queueTask(store, {});
  const task = await claimNext(store);
  const result = {
    subtype: 'success',
    isError: false,
    text: 'the deed is done',
    errors: [],
    sessionId: undefined,
    totalCostUsd: 0.25,
    usage: null,
    deniedTools: [],
    staleSession: false,
    apiStatus: undefined,
  };
  return {
    ...noRun,
    task,
    agent: fakeAgent('good.sh'),
    memories: [],
    withoutMemories: null,
    resumed: null,
    staleSession: false,
    evidence: { ...noRun.evidence, messages: 1, result, exit: { code: 0, signal: null } },
  };
}

describe('an outcome that cannot be recorded', () => {
  it('is recorded by the next life of the daemon, with its cost, and the agent does not run again', async () => {
    const dir = join(tempDir(), 'outcomes');
    const request = await finished();
    const { worker, id } = request.task;
    await expect(life(dir, away, worker).record(request)).rejects.toThrow('read-only');
    expect(readdirSync(dir)).toHaveLength(1);

    await expect(life(dir, away, worker).recover()).rejects.toThrow('read-only');
    await life(dir, store, worker).recover();
    expect(await taskRow(store, id)).toMatchObject({
      state: 'done',
      reply: 'the deed is done',
      cost: 0.25,
      attempts: 1,
    });
    expect(readdirSync(dir)).toEqual([]);
  });

  it('is let go once it is recorded after all', async () => {
    const dir = join(tempDir(), 'outcomes');
    const request = await finished();
    await life(dir, away, request.task.worker)
      .record(request)
      .catch(() => undefined);
    await life(dir, store, request.task.worker).record(request);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('books its cost and changes nothing else where the row has gone on without it, and a damaged one is told and left', async () => {
    const dir = join(tempDir(), 'outcomes');
    const request = await finished();
    const { worker, id } = request.task;
    await life(dir, away, worker)
      .record(request)
      .catch(() => undefined);
    writeFileSync(join(dir, '7.1.x.json'), '{"task":');
    await store.query({
      text: `UPDATE tasks SET state = 'cancelled', outcome = 'cancelled', finished_at = now()`,
    });
    const next = life(dir, store, worker);
    await next.recover();
    expect(await taskRow(store, id)).toMatchObject({ state: 'cancelled', cost: 0.25 });
    expect(readdirSync(dir)).toEqual(['7.1.x.json']);
    expect(next.problems).toEqual([expect.stringContaining('cannot be read')]);
  });

  it('is held in memory alone where the disk takes no file', async () => {
    const blocked = join(tempDir(), 'outcomes');
    writeFileSync(blocked, '');
    const request = await finished();
    const first = life(blocked, away, request.task.worker);
    await expect(first.record(request)).rejects.toThrow('read-only');
    await expect(first.record(request)).rejects.toThrow('read-only');
    expect(first.problems).toEqual([expect.stringContaining('waits in memory only')]);
  });
});
