import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createActor, toPromise } from 'xstate';
import { createRecordTask, type RecordRequest } from '../../../actors/tasks/record-task.ts';
import { noRun } from '../../../machines/agent-run-context.ts';
import type { RunEvidence } from '../../../src/lib/agent/outcome.ts';
import { defaultRetryPolicy } from '../../../src/lib/agent/retry.ts';
import type { AgentResult } from '../../../src/lib/agent/stream-event.ts';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import { listNotices } from '../../../src/lib/store/notices/notices.ts';
import type { Statement, Store } from '../../../src/lib/store/store.ts';
import { claimTask } from '../../../src/lib/store/tasks/claim.ts';
import { findTranscripts } from '../../../src/lib/store/tasks/transcripts.ts';
import { fakeAgent } from '../../helpers/agent-fixtures.ts';
import { type TempDatabase, tempDatabase } from '../../helpers/temp-database.ts';
import { queueTask, type QueuedTask, taskRow } from './tasks-harness.ts';

let database: TempDatabase;
let store: Store;
beforeAll(async () => {
  database = await tempDatabase();
  store = database.store;
});
afterAll(() => database.stop());
beforeEach(() => store.query({ text: 'TRUNCATE tasks, events, conversations, task_transcripts' }));

const sessionId = randomUUID();
const result: AgentResult = {
  subtype: 'success',
  isError: false,
  text: 'the reply',
  errors: [],
  sessionId,
  totalCostUsd: 0.25,
  usage: null,
  deniedTools: [],
  staleSession: false,
  apiStatus: undefined,
};
const refused: Partial<RunEvidence> = {
  result: { ...result, isError: true, text: 'Not logged in' },
  apiError: { name: 'authentication_failed', status: undefined },
  exit: { code: 1, signal: null },
};
const exit = { code: 0, signal: null };

function recorder(on: Store = store) {
  const notices: string[] = [];
  const logic = createRecordTask({
    store: on,
    bus: {
      emit(name, fact) {
        if (name === 'owner.notice' && 'text' in fact) notices.push(fact.text);
      },
    },
    retryPolicy: () => defaultRetryPolicy,
  });
  return {
    notices,
    async record(evidence: Partial<RunEvidence>, queued: QueuedTask = {}, more: Partial<RecordRequest> = {}) {
      await queueTask(store, queued);
      const options = { worker: randomUUID(), now: new Date(), leaseMs: 60_000, humanOnly: false };
      const task = await claimTask(store, options);
      if (task === undefined) throw new Error('there was nothing to claim');
      const input: RecordRequest = {
        ...noRun,
        task,
        agent: fakeAgent('good.sh'),
        memories: [],
        withoutMemories: null,
        resumed: task.resume,
        staleSession: false,
        evidence: { ...noRun.evidence, messages: 1, ...evidence },
        ...more,
      };
      const actor = createActor(logic, { input });
      const output = toPromise(actor);
      output.catch(() => {});
      actor.start();
      return { task, recorded: await output, row: await taskRow(store, task.id) };
    },
  };
}

const transcript = { head: [{ at: 1, kind: 'said', text: 'the reply' } as const], tail: [], omitted: 0 };

describe('recording a task', () => {
  it('keeps what the attempt did', async () => {
    const { task, recorded } = await recorder().record({ result, exit }, {}, { transcript });
    expect(recorded).toEqual({ state: 'done', outcome: 'succeeded', reply: 'the reply' });
    expect(await findTranscripts(store, task.id)).toMatchObject([{ attempt: 1, entries: transcript.head }]);
  });

  it('forgets what attempts did more than 30 days ago', async () => {
    const { task } = await recorder().record({ result, exit }, {}, { transcript });
    await store.query({ text: `UPDATE task_transcripts SET recorded_at = now() - interval '31 days'` });
    await recorder().record({ result, exit }, {}, { transcript });
    expect(await findTranscripts(store, task.id)).toEqual([]);
  });

  it('is not undone by a transcript that Postgres refuses', async () => {
    const refusing: Store = {
      transaction: (work) => store.transaction(work),
      query: (statement: Statement) =>
        statement.text.includes('task_transcripts')
          ? Promise.reject(new Error('no'))
          : store.query(statement),
    };
    const { row } = await recorder(refusing).record({ result, exit }, {}, { transcript });
    expect(row).toMatchObject({ state: 'done', outcome: 'succeeded' });
  });

  it('is done again when the store went away before the transcript', async () => {
    const leaving: Store = {
      transaction: (work) => store.transaction(work),
      query: () => Promise.reject(new StoreAwayError('away')),
    };
    await expect(recorder(leaving).record({ result, exit }, {}, { transcript })).rejects.toThrow(
      StoreAwayError,
    );
  });

  it('keeps the session of a turn that the owner interrupted, and its cost', async () => {
    const interrupted = { result: { ...result, isError: true }, stop: 'cancelled' as const };
    const { row } = await recorder().record(interrupted, { conversation: 'garden' }, { endedItself: true });
    expect(row).toMatchObject({ state: 'cancelled', cost: 0.25 });
    const again = await recorder().record(
      { result: { ...result, totalCostUsd: 0.4 }, exit },
      { conversation: 'garden' },
    );
    expect(again.task.resume).toBe(sessionId);
    expect(again.row['cost']).toBeCloseTo(0.15, 6);
  });

  it('keeps no session of a turn that was refused or killed', async () => {
    await recorder().record(refused, { conversation: 'garden' });
    await recorder().record({ stop: 'cancelled' }, { conversation: 'garden' });
    expect((await recorder().record({ result, exit }, { conversation: 'garden' })).task.resume).toBeNull();
  });

  it('puts a task off until its limit resets, without spending the attempt', async () => {
    const resetsAt = Date.now() + 3_600_000;
    const limited = {
      result: { ...result, isError: true, apiStatus: 429 },
      resetsAt,
      exit: { code: 1, signal: null },
    };
    const { row, recorded } = await recorder().record(limited);
    expect(recorded).toMatchObject({ state: 'queued', outcome: 'rate-limited' });
    expect(row).toMatchObject({ state: 'queued', attempts: 0, outcome: 'rate-limited' });
    expect(Math.abs((row['run_after'] as Date).getTime() - resetsAt)).toBeLessThan(30_000);

    const awaited = await recorder().record(limited, { priority: 0 });
    expect(awaited.row).toMatchObject({ state: 'failed', outcome: 'rate-limited' });
  });

  it('tells the owner once of what only they can end, and again after it had worked in between', async () => {
    const owner = recorder();
    await owner.record(refused);
    await owner.record(refused);
    expect(owner.notices).toEqual([expect.stringContaining('the agent is not logged in')]);
    const unseen = () => listNotices(store, { unseen: true, limit: 10 });
    expect(await unseen()).toMatchObject([{ origin: 'agent', text: owner.notices[0], seen_at: null }]);
    await owner.record({ result, exit });
    expect(await unseen()).toEqual([]);
    await owner.record(refused);
    expect(owner.notices).toHaveLength(2);
    await owner.record({ exit: { code: 1, signal: null } });
    expect(owner.notices).toHaveLength(2);
  });
});
