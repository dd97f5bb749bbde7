import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { taskMarker } from '../../../src/lib/process/marker.ts';
import { findMarked } from '../../../src/lib/process/find-marked.ts';
import { bootId, identityOf, isAlive } from '../../../src/lib/process/identity.ts';
import type { AgentResolution } from '../../../src/tasks/agents/resolution.ts';
import { childEntry } from '../../../src/lib/process/child-entry.ts';
import type { Store } from '../../../src/lib/store/store.ts';
import { recordOutcome } from '../../../src/tasks/rows/record-outcome.ts';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import { fakeAgent } from '../../helpers/agent-fixtures.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { useDatabase } from '../../helpers/use-database.ts';
import { claimNext, queueTask, startWorker, taskRow, type WorkerOptions } from './tasks-harness.ts';

const { store } = useDatabase('tasks', 'events', 'conversations', 'activity_log', 'memory_embeddings');
let workers: ReturnType<typeof startWorker>[] = [];

afterEach(async () => {
  for (const worker of workers) await worker.stop();
  workers = [];
});

function work(options: Partial<WorkerOptions> = {}) {
  const worker = startWorker({ store, ...options });
  workers.push(worker);
  return worker;
}

const agentNamed = (name: string) => () => fakeAgent(name) as AgentResolution;
const runsOf = (worker: ReturnType<typeof startWorker>, ...ids: number[]) =>
  vi.waitFor(() => expect(worker.running()).toEqual(ids), 15_000);
const hasProcesses = (worker: ReturnType<typeof startWorker>, count: number) =>
  vi.waitFor(async () => expect((await worker.survivors()).length).toBeGreaterThanOrEqual(count), 15_000);

describe('a task', () => {
  it('runs from its row to a reply, and leaves a full record', async () => {
    const id = await queueTask(store, { conversation: 'c1' });
    const worker = work();
    expect(await worker.ends(id)).toMatchObject({
      state: 'done',
      outcome: 'succeeded',
      reply: 'hello world',
    });
    expect(await taskRow(store, id)).toMatchObject({
      state: 'done',
      outcome: 'succeeded',
      reply: 'hello world',
      attempts: 1,
      cost: 0.25,
      session_id: '11111111-1111-4111-8111-111111111111',
      agent: { kind: 'claude', version: 'fake' },
      process: null,
      lease_until: null,
      event_status: 'done',
    });
    const { rows: log } = await store.query({ text: 'SELECT action, task_id, detail FROM activity_log' });
    expect(log).toMatchObject([
      { action: 'task.done', task_id: id, detail: { outcome: 'succeeded', costUsd: 0.25 } },
    ]);
    expect(worker.states).toEqual([
      [id, 'running'],
      [id, 'done'],
    ]);
    expect(worker.problems).toEqual([]);
  });

  it('of a person is answered before its agent has gone, which keeps its lane and its conversation until then', async () => {
    const file = join(tempDir(), 'go');
    const first = await queueTask(store, { priority: 0, conversation: 'c', prompt: `until ${file}` });
    const worker = work({ agent: agentNamed('parts-late.sh'), limits: { resultGraceMs: 60_000 } });
    expect(await worker.ends(first)).toMatchObject({ state: 'done', reply: 'the answer' });
    expect(await taskRow(store, first)).toMatchObject({ state: 'done', event_status: 'done', cost: 0.25 });
    expect(await worker.survivors()).not.toEqual([]);
    // A message that comes before the result is handed to the agent; this one comes after it.
    const second = await queueTask(store, { priority: 0, conversation: 'c', prompt: `until ${file}` });
    worker.send({ type: 'tasks.wake' });
    const { rows } = await store.query({ text: 'SELECT state FROM tasks ORDER BY id' });
    expect(rows).toEqual([{ state: 'done' }, { state: 'queued' }]);
    expect(worker.running()).toEqual([first]);
    writeFileSync(file, '');
    await worker.ends(second);
    await runsOf(worker);
    expect(worker.ended.map(({ taskId }) => taskId)).toEqual([first, second]);
    expect(worker.states.filter(([, state]) => state === 'done')).toHaveLength(2);
    const { rows: log } = await store.query({ text: 'SELECT action FROM activity_log' });
    expect(log).toEqual([{ action: 'task.done' }, { action: 'task.done' }]);
    expect(worker.problems).toEqual([]);
  });

  it('of a person says afterwards what was odd about the end of its agent, and outlives a look of the upkeep', async () => {
    const id = await queueTask(store, { priority: 0, prompt: 'until /nonexistent' });
    const worker = work({
      agent: agentNamed('parts-late.sh'),
      limits: { resultGraceMs: 400 },
      input: { upkeepMs: 50 },
    });
    await worker.ends(id);
    await runsOf(worker);
    expect(await taskRow(store, id)).toMatchObject({
      state: 'done',
      reply: 'the answer',
      reason: 'the agent did not exit after its result and was ended',
    });
    expect(worker.ended).toHaveLength(1);
  });

  it('of a person waits for the turn of a message that was not read before the result', async () => {
    const file = join(tempDir(), 'go');
    const id = await queueTask(store, { priority: 0, prompt: `until ${file}` });
    const worker = work({ agent: agentNamed('second-turn.sh'), limits: { resultGraceMs: 60_000 } });
    await vi.waitFor(() => expect(existsSync(`${file}.begun`)).toBe(true), 15_000);
    worker.send({ type: 'task.steer', taskId: id, text: 'and more' });
    writeFileSync(file, '');
    expect(await worker.ends(id)).toMatchObject({ reply: 'the first answer\n\nthe second answer' });
  });

  it('of nobody who waits is told when nothing of it moves any more', async () => {
    const file = join(tempDir(), 'go');
    const id = await queueTask(store, { priority: 3, prompt: `until ${file}` });
    const worker = work({ agent: agentNamed('parts-late.sh'), limits: { resultGraceMs: 60_000 } });
    await hasProcesses(worker, 1);
    expect(worker.ended).toEqual([]);
    writeFileSync(file, '');
    expect(await worker.ends(id)).toMatchObject({ state: 'done', reply: 'the answer' });
    expect(await worker.survivors()).toEqual([]);
  });

  it('is given the memories that are close to it, by the bundled offline agent word for word', async () => {
    const now = new Date();
    await store.query({
      text: `INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at, prepared)
             VALUES ('note', 'disk on nas is at 91%', 'shell', 'owner', $1, $1, true)`,
      values: [now],
    });
    const id = await queueTask(store, { prompt: 'what did the nas say?', conversation: 'c2' });
    const entry = childEntry(import.meta.url, '../../../src/tasks/agents/offline-agent.ts');
    const worker = work({ agent: () => ({ kind: 'offline', reason: 'no CLI', tried: [], entry }) });
    const { reply } = await worker.ends(id);
    expect(reply).toContain('no language model answered');
    expect(reply).toContain('> disk on nas is at 91%');
    expect(await taskRow(store, id)).toMatchObject({
      agent: { kind: 'offline' },
      cost: 0,
      memories: [{ kind: 'note' }],
    });
    const { rows } = await store.query({ text: 'SELECT session_id FROM conversations' });
    expect(rows).toEqual([{ session_id: null }]);
  });

  it('is tried three times and then buried, with its reason on row and event', async () => {
    const id = await queueTask(store);
    const worker = work({ agent: agentNamed('exits.sh') });
    const reason = expect.stringMatching(
      /^the agent exited with code 7; its last words: cannot go on: out of coffee\. It was tried 3 times\. .*`ninjad task \d+ --retry`\.$/,
    ) as string;
    expect(await worker.ends(id)).toMatchObject({ state: 'dead', outcome: 'crashed', reason });
    expect(await taskRow(store, id)).toMatchObject({
      state: 'dead',
      attempts: 3,
      reason,
      event_status: 'dead',
      event_reason: reason,
    });
    expect(worker.states.map(([, state]) => state)).toEqual([
      'running',
      'queued',
      'running',
      'queued',
      'running',
      'dead',
    ]);
  });

  it.each([
    ['garbage.sh', 'protocol'],
    ['nothing.sh', 'protocol'],
    ['flood.sh', 'output-limit'],
  ])('fails at once when the agent is %s, and the next task is unharmed', async (name, outcome) => {
    const id = await queueTask(store);
    let agent = name;
    const worker = work({ agent: () => fakeAgent(agent) });
    expect(await worker.ends(id)).toMatchObject({ state: 'failed', outcome });
    expect(await taskRow(store, id)).toMatchObject({ state: 'failed', attempts: 1, event_status: 'failed' });
    agent = 'good.sh';
    const next = await queueTask(store);
    worker.send({ type: 'tasks.wake' });
    expect(await worker.ends(next)).toMatchObject({ state: 'done' });
  });

  it('can be retried by hand after its death', async () => {
    const id = await queueTask(store);
    let agent = 'exits.sh';
    const worker = work({ agent: () => fakeAgent(agent), retry: { maxAttempts: 1 } });
    await worker.ends(id);
    agent = 'good.sh';
    worker.ended.length = 0;
    worker.send({ type: 'task.retry', taskId: id });
    expect(await worker.ends(id)).toMatchObject({ state: 'done' });
    expect(await taskRow(store, id)).toMatchObject({
      state: 'done',
      reason: null,
      attempts: 1,
      event_status: 'done',
    });
  });
});

describe('cancelling', () => {
  it('ends the processes of a running task, and only of that one', async () => {
    const id = await queueTask(store);
    const other = await queueTask(store);
    const worker = work({ agent: agentNamed('family.sh') });
    await hasProcesses(worker, 14);
    worker.send({ type: 'task.cancel', taskId: id });
    expect(await worker.ends(id)).toMatchObject({ state: 'cancelled' });
    expect(await taskRow(store, id)).toMatchObject({
      state: 'cancelled',
      event_status: 'failed',
      event_reason: 'cancelled',
    });
    const left = await worker.survivors();
    expect(left.length).toBeGreaterThanOrEqual(7);
    expect(new Set(left.map(({ value }) => value))).toEqual(new Set([`${worker.worker}:${other}:1`]));
  });

  it('takes a waiting task out of the queue', async () => {
    const worker = work({ agent: agentNamed('silent.sh'), input: { lanes: 1, reservedForHuman: 0 } });
    await queueTask(store);
    worker.send({ type: 'tasks.wake' });
    await vi.waitFor(() => expect(worker.running()).toHaveLength(1), 10_000);
    const waiting = await queueTask(store);
    worker.send({ type: 'task.cancel', taskId: waiting });
    expect(await worker.ends(waiting)).toMatchObject({ state: 'cancelled' });
    expect(await taskRow(store, waiting)).toMatchObject({
      state: 'cancelled',
      attempts: 0,
      event_status: 'failed',
    });
  });
});

describe('lanes', () => {
  it('are three, one of them for HUMAN, and the urgent come first', async () => {
    const low = [await queueTask(store, { priority: 4 }), await queueTask(store, { priority: 4 })];
    const high = await queueTask(store, { priority: 2 });
    const worker = work({ agent: agentNamed('silent.sh') });
    await vi.waitFor(() => expect(worker.running()).toHaveLength(2), 10_000);
    expect(worker.running()).toEqual([low[0], high]);
    const human = await queueTask(store, { priority: 0 });
    worker.send({ type: 'tasks.wake' });
    await runsOf(worker, low[0] ?? 0, high, human);
    expect(await taskRow(store, low[1] ?? 0)).toMatchObject({ state: 'queued' });
  });

  it('run one task of a conversation at a time, in order, while others overtake', async () => {
    const first = await queueTask(store, { conversation: 'c' });
    const second = await queueTask(store, { conversation: 'c' });
    const other = await queueTask(store, { conversation: 'd' });
    const worker = work({ agent: agentNamed('silent.sh') });
    await runsOf(worker, first, other);
    worker.send({ type: 'task.cancel', taskId: first });
    await runsOf(worker, second, other);
  });

  it('never give one task to two workers, nor one conversation', async () => {
    const ids = [];
    for (let n = 0; n < 30; n++) ids.push(await queueTask(store, { conversation: `c${n % 10}` }));
    const pair = [
      work({ input: { lanes: 3, reservedForHuman: 0 } }),
      work({ input: { lanes: 3, reservedForHuman: 0 } }),
    ];
    const ended = () => pair.flatMap((worker) => worker.ended.map(({ taskId }) => taskId));
    await vi.waitFor(
      () => {
        for (const worker of pair) worker.send({ type: 'tasks.wake' });
        expect(ended()).toHaveLength(30);
      },
      { timeout: 50_000, interval: 100 },
    );
    expect(ended().sort((a, b) => a - b)).toEqual(ids);
    const { rows } = await store.query({ text: `SELECT DISTINCT state, attempts FROM tasks` });
    expect(rows).toEqual([{ state: 'done', attempts: 1 }]);
  });
});

describe('sessions and costs', () => {
  const conversation = async () => {
    const { rows } = await store.query({
      text: `SELECT session_id, cost_high_water_usd::float8 AS booked FROM conversations WHERE id = 'c'`,
    });
    return rows[0];
  };

  it('resumes the session of a conversation and books only what is new', async () => {
    const worker = work({ agent: agentNamed('resumes.sh') });
    const session = '33333333-3333-4333-8333-333333333333';
    for (const cost of [0.4, 0.6]) {
      const id = await queueTask(store, { conversation: 'c' });
      worker.send({ type: 'tasks.wake' });
      expect(await worker.ends(id)).toMatchObject({ reply: `in session ${session}` });
      expect((await taskRow(store, id))['cost']).toBeCloseTo(cost);
    }
    expect(await conversation()).toEqual({ session_id: session, booked: 1 });
  });

  it('clears a stale session and answers in a fresh one, within the same attempt', async () => {
    await store.query({
      text: `INSERT INTO conversations (id, session_id, cost_high_water_usd, created_at, last_used_at)
             VALUES ('c', '99999999-9999-4999-8999-999999999999', 5, now(), now())`,
    });
    const id = await queueTask(store, { conversation: 'c' });
    const worker = work({ agent: agentNamed('stale.sh') });
    expect(await worker.ends(id)).toMatchObject({ state: 'done', reply: 'fresh start' });
    expect(await taskRow(store, id)).toMatchObject({ attempts: 1, cost: 0.25 });
    expect(await conversation()).toEqual({
      session_id: '22222222-2222-4222-8222-222222222222',
      booked: 0.25,
    });
  });

  it.each(['hello?', 'hello, with words?', 'hello, on stderr?'])(
    'gives a session up that the service refuses, answers in a fresh one within the same attempt, and says so: %s',
    async (prompt) => {
      await store.query({
        text: `INSERT INTO conversations (id, session_id, cost_high_water_usd, created_at, last_used_at)
               VALUES ('c', '99999999-9999-4999-8999-999999999999', 5, now(), now())`,
      });
      const id = await queueTask(store, { conversation: 'c', prompt });
      const worker = work({ agent: agentNamed('refuses-session.sh') });
      expect(await worker.ends(id)).toMatchObject({ state: 'done', reply: 'a fresh answer' });
      expect(await taskRow(store, id)).toMatchObject({
        attempts: 1,
        reason: expect.stringContaining('the service refused to go on with the session') as string,
      });
      expect(await conversation()).toEqual({
        session_id: '44444444-4444-4444-8444-444444444444',
        booked: 0.25,
      });
    },
  );

  it('does no deed twice for a refused session: it gives that up for the next message', async () => {
    await store.query({
      text: `INSERT INTO conversations (id, session_id, cost_high_water_usd, created_at, last_used_at)
             VALUES ('c', '99999999-9999-4999-8999-999999999999', 0, now(), now())`,
    });
    const id = await queueTask(store, { conversation: 'c', prompt: 'refuse after a deed' });
    const worker = work({ agent: agentNamed('refuses-session.sh') });
    expect(await worker.ends(id)).toMatchObject({ state: 'failed', outcome: 'invalid-request' });
    expect(await conversation()).toEqual({ session_id: null, booked: 0 });
  });

  it('never keeps the session of a failed run', async () => {
    const id = await queueTask(store, { conversation: 'c' });
    const worker = work({ agent: agentNamed('is-error.sh'), retry: { maxAttempts: 1 } });
    expect(await worker.ends(id)).toMatchObject({ state: 'dead', outcome: 'agent-error' });
    expect(await conversation()).toEqual({ session_id: null, booked: 0 });
  });
});

describe('stopping', () => {
  it('puts a running task back without spending its attempt, and leaves no process', async () => {
    const id = await queueTask(store);
    const worker = work({ agent: agentNamed('family.sh') });
    await hasProcesses(worker, 7);
    await worker.stop();
    expect(await taskRow(store, id)).toMatchObject({
      state: 'queued',
      outcome: 'shutdown',
      attempts: 0,
      worker: null,
      event_status: 'task',
    });
    const successor = work();
    expect(await successor.ends(id)).toMatchObject({ state: 'done' });
  });
});

describe('after a crash of the daemon', () => {
  /** A row that says `running`, and a process tree of that attempt, as a killed daemon leaves them. */
  async function leaveBehind(worker: string, attempts = 1): Promise<number> {
    const id = await queueTask(store);
    for (let attempt = 1; attempt <= attempts; attempt++) {
      await store.query({ text: `UPDATE tasks SET state = 'queued' WHERE id = $1`, values: [id] });
      const now = new Date();
      await claimNext(store, { worker, now });
    }
    const { name, value } = taskMarker({ worker, taskId: id, attempt: attempts });
    const agent = fakeAgent('family.sh') as { path: string };
    const child = spawn(agent.path, {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, [name]: value },
    });
    child.unref();
    await vi.waitFor(
      async () => expect((await findMarked(name, value)).length).toBeGreaterThanOrEqual(7),
      15_000,
    );
    return id;
  }

  it('finds and ends what still runs, then runs the task again', async () => {
    const worker = randomUUID();
    const id = await leaveBehind(worker);
    const successor = work({ worker });
    expect(await successor.ends(id)).toMatchObject({ state: 'done' });
    expect(await taskRow(store, id)).toMatchObject({ attempts: 2, event_status: 'done' });
    expect(await successor.survivors()).toEqual([]);
  });

  it('buries a task that has crashed the daemon too often', async () => {
    const worker = randomUUID();
    const id = await leaveBehind(worker, 3);
    const successor = work({ worker });
    expect(await successor.ends(id)).toMatchObject({
      state: 'dead',
      reason: expect.stringMatching(
        /^the daemon went away while the task ran\. It was tried 3 times\. .*--retry`\.$/,
      ) as string,
    });
    expect(await successor.survivors()).toEqual([]);
  });

  it('ends marked processes that no row knows of, and nobody else’s', async () => {
    const worker = randomUUID();
    const strangers = spawn('sleep', ['609'], {
      detached: true,
      env: { ...process.env, NINJAD_TASK: `${randomUUID()}:1:1` },
    });
    const orphan = spawn('sleep', ['610'], {
      detached: true,
      env: { ...process.env, NINJAD_TASK: `${worker}:77:1` },
    });
    const [stranger, left] = [strangers, orphan].map(({ pid }) => identityOf(pid ?? 0));
    const id = await queueTask(store);
    const successor = work({ worker });
    await successor.ends(id);
    try {
      expect(left !== undefined && isAlive(left)).toBe(false);
      expect(stranger !== undefined && isAlive(stranger)).toBe(true);
    } finally {
      strangers.kill('SIGKILL');
    }
  });

  it('leaves the rows of a living worker alone until their lease runs out', async () => {
    const other = randomUUID();
    const id = await queueTask(store);
    await claimNext(store, { worker: other });
    const worker = work({ input: { upkeepMs: 100 } });
    const next = await queueTask(store);
    worker.send({ type: 'tasks.wake' });
    await worker.ends(next);
    expect(await taskRow(store, id)).toMatchObject({ state: 'running', worker: other });
    await store.query({
      text: `UPDATE tasks SET lease_until = now() - interval '1 s' WHERE id = $1`,
      values: [id],
    });
    expect(await worker.ends(id)).toMatchObject({ state: 'done' });
    expect(await taskRow(store, id)).toMatchObject({ attempts: 2 });
  });

  it('takes up a row whose worker is gone and whose lease lies behind a clock that went back', async () => {
    const id = await queueTask(store);
    await claimNext(store, { worker: randomUUID(), now: new Date(Date.now() + 24 * 60 * 60_000) });
    const worker = work({ input: { upkeepMs: 100 }, leaseMs: 1_000 });
    expect(await worker.ends(id)).toMatchObject({ state: 'done' });
    expect(await taskRow(store, id)).toMatchObject({ attempts: 2 });
  });
});

describe('leases', () => {
  it('are renewed with the progress while a task runs', async () => {
    const id = await queueTask(store);
    const worker = work({ agent: agentNamed('steered.sh'), input: { upkeepMs: 100 }, leaseMs: 30_000 });
    await runsOf(worker, id);
    const { lease_until: first } = await taskRow(store, id);
    await vi.waitFor(async () => {
      const row = await taskRow(store, id);
      expect((row['lease_until'] as Date).getTime()).toBeGreaterThan((first as Date).getTime());
      expect(row).toMatchObject({ progress: 'writing the reply', process: { bootId: bootId() } });
    }, 15_000);
    worker.send({ type: 'task.steer', taskId: id, text: 'use the blue one' });
    expect(await worker.ends(id)).toMatchObject({ reply: 'blue it is' });
  });

  it('let a task be ended whose row went to another worker', async () => {
    const id = await queueTask(store);
    const worker = work({ agent: agentNamed('silent.sh'), input: { upkeepMs: 100 } });
    await runsOf(worker, id);
    await store.query({ text: 'UPDATE tasks SET worker = $2 WHERE id = $1', values: [id, randomUUID()] });
    await runsOf(worker);
    expect(await worker.survivors()).toEqual([]);
    expect(await taskRow(store, id)).toMatchObject({ state: 'running' });
  });
});

describe('the store', () => {
  it('may be away when a task ends: the outcome is held and recorded once', async () => {
    let away = false;
    const guarded: Store = {
      query: (statement) => (away ? Promise.reject(new StoreAwayError('away')) : store.query(statement)),
      transaction: (run) => (away ? Promise.reject(new StoreAwayError('away')) : store.transaction(run)),
    };
    const id = await queueTask(store);
    const worker = work({ store: guarded, agent: agentNamed('steered.sh') });
    await vi.waitFor(() => expect(worker.progress).toContain('writing the reply'), 15_000);
    away = true;
    worker.send({ type: 'task.steer', taskId: id, text: 'use the blue one' });
    const task = () => worker.actor.getSnapshot().context.running[id]?.ref.getSnapshot().value;
    await vi.waitFor(() => expect(task()).toBe('holding'), 15_000);
    away = false;
    worker.send({ type: 'database.ready' });
    expect(await worker.ends(id)).toMatchObject({ state: 'done', reply: 'blue it is' });
    expect(await taskRow(store, id)).toMatchObject({ state: 'done', attempts: 1 });
  });

  it('takes the same record twice without harm, and none for an attempt that is not ours', async () => {
    const id = await queueTask(store);
    const worker = randomUUID();
    const task = await claimNext(store, { worker, leaseMs: 1_000 });
    const record: Parameters<typeof recordOutcome>[1] = {
      task,
      outcome: { kind: 'succeeded', reply: 'a\0b' },
      verdict: { state: 'done' },
      reply: 'a\0b',
      progress: '',
      agent: null,
      memories: [],
      sessionId: null,
      resumed: null,
      keepSession: false,
      staleSession: false,
      sessionCostUsd: 0.1,
      usage: { note: 'x\0y' },
      unbilled: {},
      endedItself: true,
      heard: [],
      note: undefined,
      now: new Date(),
    };
    expect(await recordOutcome(store, { ...record, task: { ...task, attempt: 2 } })).toBeUndefined();
    expect(await taskRow(store, id)).toMatchObject({ state: 'running' });
    expect(await recordOutcome(store, record)).toEqual([]);
    expect(await recordOutcome(store, record)).toEqual([]);
    expect(await taskRow(store, id)).toMatchObject({ state: 'done', reply: 'a\ufffdb', cost: 0.1 });
    const { rows } = await store.query({ text: 'SELECT count(*) AS count FROM activity_log' });
    expect(rows).toEqual([{ count: 1 }]);
  });
});
