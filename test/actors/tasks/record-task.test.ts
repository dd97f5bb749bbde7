import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createActor, toPromise } from 'xstate';
import { createRecordTask } from '../../../actors/tasks/record-task.ts';
import { noRun } from '../../../machines/agent-run/context.ts';
import type { RecordRequest } from '../../../machines/task/protocol.ts';
import type { RunEvidence } from '../../../src/tasks/run/outcome.ts';
import { defaultRetryPolicy } from '../../../src/tasks/run/retry.ts';
import type { AgentResult } from '../../../src/tasks/run/stream-event.ts';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import { listNotices } from '../../../src/notices/rows.ts';
import type { Statement, Store } from '../../../src/lib/store/store.ts';
import { findTranscripts } from '../../../src/tasks/rows/transcripts.ts';
import { fakeAgent } from '../../helpers/agent-fixtures.ts';
import { useDatabase } from '../../helpers/use-database.ts';
import { claimNext, queueTask, type QueuedTask, taskRow } from './tasks-harness.ts';

const { store } = useDatabase('tasks', 'events', 'conversations', 'task_transcripts', 'pruning_clock');

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

function recorder(on: Store = store, now: () => Date = () => new Date()) {
  const notices: string[] = [];
  const logic = createRecordTask({
    store: on,
    bus: {
      emit(name, fact) {
        if (name === 'owner.told' && 'text' in fact) notices.push(fact.text);
      },
    },
    retryPolicy: () => defaultRetryPolicy,
    now,
  });
  return {
    notices,
    async record(evidence: Partial<RunEvidence>, queued: QueuedTask = {}, more: Partial<RecordRequest> = {}) {
      await queueTask(store, queued);
      const task = await claimNext(store);
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

  it.each([
    ['a NUL in the session id', { sessionId: `${sessionId}\0` }],
    ['a session id that is no UUID', { sessionId: 'session-of-mine' }],
    ['a session id of a megabyte', { sessionId: 'f'.repeat(1024 * 1024) }],
    ['a NUL in the name of a denied tool', { deniedTools: ['Ba\0sh', 'half \ud83e'] }],
    ['the name of a tool of a megabyte', { deniedTools: ['x'.repeat(1024 * 1024)] }],
    ['NULs in the reply', { text: 'the\0 reply \ud83e' }],
    [
      'a NUL in the name of a model',
      { usage: { 'opus\0': { inputTokens: 5, outputTokens: 1, costUSD: 0.25 } } },
    ],
    [
      'figures beyond every column',
      { usage: { opus: { inputTokens: 1e300, outputTokens: 1, costUSD: 1e300 } } },
    ],
  ])('takes down %s at the first try, and what it cost', async (_, odd: Partial<AgentResult>) => {
    const { row, recorded } = await recorder().record(
      { result: { ...result, ...odd }, exit },
      { conversation: 'garden' },
    );
    expect(recorded).toMatchObject({ state: 'done', outcome: 'succeeded' });
    expect(row).toMatchObject({ state: 'done', cost: 0.25 });
  });

  it('takes down a failure whose last words nobody can store', async () => {
    const stderr = 'boom \0 \ud83e'.repeat(10_000);
    const { row } = await recorder().record(
      { stderr, exit: { code: 3, signal: null } },
      {},
      { progress: '\0'.repeat(9_000) },
    );
    expect(row).toMatchObject({ state: 'queued', outcome: 'crashed' });
  });

  it.each([
    ['plain', `reply ~ '[^ -~]'`],
    ['bare', `session_id IS NOT NULL OR EXISTS (SELECT FROM conversations)`],
  ] as const)('leaves out of a record that is cut to the %s what the store refuses', async (cut, refused) => {
    await store.query({
      text: `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               IF EXISTS (SELECT FROM tasks WHERE ${refused}) THEN RAISE EXCEPTION USING ERRCODE = '23514'; END IF;
               RETURN NULL; END $$;
             CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON tasks DEFERRABLE INITIALLY DEFERRED
               FOR EACH ROW EXECUTE FUNCTION refuse()`,
    });
    try {
      const odd = { result: { ...result, text: 'grün' }, exit };
      await expect(recorder().record(odd, { conversation: cut })).rejects.toMatchObject({ code: '23514' });
      await store.query({ text: `UPDATE tasks SET state = 'queued', attempts = 0 WHERE state = 'running'` });
      await store.query({ text: `DELETE FROM tasks` });
      const { row } = await recorder().record(odd, { conversation: cut }, { cut });
      expect(row).toMatchObject({ state: 'done', outcome: 'succeeded', cost: 0.25, reply: 'gr?n' });
    } finally {
      await store.query({ text: `DROP FUNCTION refuse CASCADE` });
    }
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
    expect(await unseen()).toMatchObject([{ origin: 'agent', text: owner.notices[0], seenAt: null }]);
    await owner.record({ result, exit });
    expect(await unseen()).toEqual([]);
    await owner.record(refused);
    expect(owner.notices).toHaveLength(2);
    await owner.record({ exit: { code: 1, signal: null } });
    expect(owner.notices).toHaveLength(2);
  });

  it('deletes no transcript by a clock that has jumped years ahead, and does when it has stood', async () => {
    const year = 365 * 24 * 60 * 60_000;
    let ahead = 0;
    const owner = recorder(store, () => new Date(Date.now() + ahead));
    const transcript = {
      head: [{ at: 1, kind: 'steered' as const, text: 'said' }],
      tail: [],
      omitted: 0,
    };
    const kept = async (taskId: number) => (await findTranscripts(store, taskId)).length;
    const { task } = await owner.record({ result, exit }, {}, { transcript });
    ahead = 3 * year;
    await owner.record({ result, exit }, {}, { transcript });
    expect(await kept(task.id)).toBe(1);
    for (const hours of [6, 12, 18, 24]) {
      ahead = 3 * year + hours * 60 * 60_000;
      await owner.record({ result, exit });
    }
    expect(await kept(task.id)).toBe(0);
  });
});
