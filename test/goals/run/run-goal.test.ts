import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { findGoal, keptState } from '../../../src/goals/rows/goals.ts';
import { findRun } from '../../../src/goals/rows/runs.ts';
import { goalHistory } from '../../../src/goals/rows/history.ts';
import { resumeGoal, runGoal } from '../../../src/goals/run/run-goal.ts';
import { tellHeld } from '../../../src/goals/run/settle.ts';
import { currentRow } from '../../../src/lib/process/identity.ts';
import { isDead } from '../../../src/lib/process/process-row.ts';
import { claimTask } from '../../../src/tasks/rows/claim.ts';
import type { Fire } from '../../../src/schedule/job.ts';
import { useDatabase } from '../../helpers/use-database.ts';
import { goalHarness, goalTables } from '../goal-harness.ts';
import { eventually } from '../../helpers/eventually.ts';

const { store } = useDatabase(...goalTables);
const never = new AbortController().signal;

/** Adds a goal, fires it, and resolves to its end and its row. */
async function once(harness: ReturnType<typeof goalHarness>, input: Record<string, unknown>) {
  const goal = await harness.add(input);
  const fire = await harness.fire(goal);
  const end = await runGoal(harness.deps, fire, never);
  return { goal, fire, end, run: await findRun(store, fire.id) };
}

/** Waits until the run of a fire has seen its task. */
const taskOf = (fire: Fire) =>
  vi.waitFor(async () => expect((await findRun(store, fire.id))?.taskId).toBe(1), 60_000);

/** True while such a process runs; who has ended and waits for its parent does not. */
const isAlive = (pid: number): boolean => {
  const row = currentRow(pid);
  return row !== undefined && !isDead(row);
};

describe('a run of a goal', () => {
  it('writes one wire line, and keeps execution, done-check and delivery apart', async () => {
    const harness = goalHarness(store);
    harness.answerWith({
      reply: 'Looked.\n{"notify": true, "text": "3 disks are full", "severity": "warning"}',
    });
    const { end, run } = await once(harness, { conversation: 'house' });
    expect(end).toEqual({ state: 'done' });
    expect(harness.lines).toEqual([
      {
        priority: 'NORMAL',
        source: 'goal:report',
        category: 'goal',
        payload: {
          text: expect.stringMatching(/^look around\n\nThis runs by the clock/) as string,
          dedupKey: run?.dedupKey,
          conversation: 'house',
        },
      },
    ]);
    expect(run).toMatchObject({
      phase: 'ended',
      execution: 'done',
      doneCheck: 'none',
      delivery: 'told',
      result: { notify: true, text: '3 disks are full', severity: 'warning' },
    });
    expect(harness.told).toEqual(['report: 3 disks are full']);
    const { rows } = await store.query({ text: 'SELECT origin, text, task_id FROM owner_notices' });
    expect(rows).toEqual([{ origin: 'goal', text: 'report: 3 disks are full', task_id: null }]);
  });

  it('may be silent, and shows its last success all the same', async () => {
    const harness = goalHarness(store);
    harness.answerWith({ reply: '```json\n{"notify": false, "text": "all is well"}\n```' });
    const { goal, end, run } = await once(harness, {});
    expect(end.state).toBe('done');
    expect(run).toMatchObject({ delivery: 'silent' });
    expect(harness.told).toEqual([]);
    expect((await findGoal(store, goal.id))?.lastSuccessAt).toEqual(new Date('2026-11-28T12:00:00Z'));
  });

  it('writes the line of a reflex with a key of its own, and asks no agent', async () => {
    const harness = goalHarness(store);
    const { end, run } = await once(harness, { prompt: null, reflex: 'LOW|cron:disk||metric|91' });
    expect(end).toEqual({ state: 'done' });
    expect(harness.lines).toEqual([
      {
        priority: 'LOW',
        source: 'cron:disk',
        category: 'metric',
        payload: { text: '91', dedupKey: run?.dedupKey },
      },
    ]);
    const { rows } = await store.query({ text: 'SELECT * FROM self_tasks' });
    expect(rows).toEqual([]);
  });

  it('gives the trust of its maker, its agent, its model, its budget and its minutes to the task, and no more', async () => {
    const harness = goalHarness(store);
    harness.answerWith(undefined);
    const goal = await harness.add({
      ...{ category: 'backup', agent: 'codex', model: 'haiku', budget: 0.25, timeout: '90s' },
    });
    const fire = await harness.fire(goal);
    const running = runGoal(harness.deps, fire, never);
    await taskOf(fire);
    await store.query({
      text: `UPDATE tasks SET state = 'queued', worker = NULL, lease_until = NULL, cost_usd = 0.1`,
    });
    const task = await claimTask(store, {
      worker: '00000000-0000-0000-0000-000000000001',
      now: new Date('2026-11-28T12:00:00Z'),
      leaseMs: 60_000,
      humanOnly: false,
    });
    expect(task).toMatchObject({
      source: 'goal:report',
      lineage: { depth: 0, trust: 'owner' },
      terms: { category: 'backup', agent: 'codex', model: 'haiku', budgetUsd: 0.15, timeoutMs: 90_000 },
    });
    await harness.end({ reply: '' });
    expect(await running).toEqual({ state: 'done' });
  });

  it('ends a task that takes longer than the goal allows', async () => {
    const harness = goalHarness(store);
    harness.answerWith(undefined);
    const goal = await harness.add({ timeout: '1s' });
    const fire = await harness.fire(goal);
    const running = runGoal(harness.deps, fire, never);
    await taskOf(fire);
    harness.setNow(new Date('2026-11-28T12:00:02Z'));
    expect(await running).toEqual({ state: 'failed', reason: 'it took longer than 1s' });
    expect(harness.cancelled).toEqual([1]);
  });

  it.each([
    ['timeout', 'failed'],
    ['cancel-other', 'cancelled'],
    ['removed', 'cancelled'],
  ] as const)('ends its task where the scheduler ends it: %s', async (cause, state) => {
    const harness = goalHarness(store);
    harness.answerWith(undefined);
    const goal = await harness.add({});
    const fire = await harness.fire(goal);
    const stop = new AbortController();
    const running = runGoal(harness.deps, fire, stop.signal);
    await taskOf(fire);
    stop.abort(cause);
    expect(await running).toMatchObject({ state });
    expect(harness.cancelled).toEqual([1]);
    expect(await findRun(store, fire.id)).toMatchObject({ phase: 'ended', execution: state });
  });
});

describe('the condition of a goal', () => {
  it('decides that no agent is needed, with what it kept the last time', async () => {
    const harness = goalHarness(store);
    const condition = `n=$(cat); n=$(( \${n:-0} + 1 )); printf %s "$n" > "$NINJAD_STATE"; echo "seen $n"; test "$n" -ge 2`;
    const first = await once(harness, { condition });
    expect(first.end).toEqual({ state: 'done', reason: 'the condition found nothing to do' });
    expect(first.run).toMatchObject({
      execution: 'unneeded',
      doneCheck: 'none',
      delivery: 'silent',
      output: 'seen 1',
    });
    expect(harness.lines).toEqual([]);
    expect(String(await keptState(store, first.goal.id))).toBe('1');
    const second = await harness.fire(first.goal);
    expect(await runGoal(harness.deps, second, never)).toEqual({ state: 'done' });
    expect(String(await keptState(store, first.goal.id))).toBe('2');
    expect((harness.lines[0]?.payload as { text: string }).text).toMatch(
      /----- finding [0-9a-f]{32} -----\n\| seen 2\n/,
    );
  });

  it('may say something itself, without an agent', async () => {
    const harness = goalHarness(store);
    await once(harness, {
      condition: `echo '{"notify": true, "text": "disk is full", "severity": "critical"}'; exit 1`,
    });
    expect(harness.told).toEqual(['report: disk is full']);
    expect(harness.lines).toEqual([]);
  });

  it.each([
    ['exit 3', 'the condition failed: it ended with status 3'],
    ['no-such-program --at-all', 'the condition failed: it was not found in /usr/local/sbin'],
    ['head -c 20000 /dev/zero > "$NINJAD_STATE"', 'it keeps 20000 bytes of state, which is more than 16384'],
    ['yes flood', 'the condition failed: it printed more than'],
    ['kill -9 $$', 'the condition failed: it was ended by SIGKILL'],
  ])('fails the run and keeps the state of before: %s', async (condition, why) => {
    const harness = goalHarness(store);
    const { goal, end, run } = await once(harness, { condition });
    expect(end.state).toBe('failed');
    expect(end.reason).toContain(why);
    expect(run).toMatchObject({ execution: 'failed', doneCheck: 'none' });
    expect(await keptState(store, goal.id)).toBeNull();
    expect(harness.lines).toEqual([]);
  });

  it('is over when its leader exits, though a grandchild holds its output; nobody is left', async () => {
    const harness = goalHarness(store);
    const pids = join(harness.folder, 'pids');
    const startedAt = Date.now();
    const { end } = await once(harness, {
      condition: `sleep 600 & echo $! > ${pids}; setsid sleep 600 & echo $! >> ${pids}; exit 0`,
    });
    expect(end).toEqual({ state: 'done' });
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    for (const pid of readFileSync(pids, 'utf8').trim().split('\n')) expect(isAlive(Number(pid))).toBe(false);
  });

  it('is ended with all that it started at its deadline', async () => {
    const harness = goalHarness(store);
    const pid = join(harness.folder, 'pid');
    const { end } = await once(harness, {
      timeout: '1s',
      condition: `echo $$ > ${pid}; trap '' TERM; sleep 600 & wait; sleep 600`,
    });
    expect(end).toMatchObject({ state: 'failed', reason: 'the condition failed: it took longer than 1 s' });
    expect(isAlive(Number(readFileSync(pid, 'utf8')))).toBe(false);
  });

  it('has a fixed search path, and nothing of the daemon beside', async () => {
    const harness = goalHarness(store);
    const { run } = await once(harness, { condition: 'env; exit 1' });
    expect(run?.output).toContain('PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
    expect(run?.output).toContain('NINJAD_GOAL=report');
    expect(run?.output).not.toContain('SECRET_TOKEN');
  });

  it('may print what is no text', async () => {
    const harness = goalHarness(store);
    const { end, run } = await once(harness, { condition: `printf '\\000\\377\\376ok'` });
    expect(end.state).toBe('done');
    expect(run?.finding).toBe('\uFFFD\uFFFD\uFFFDok');
  });
});

describe('the done-check of a goal', () => {
  it('decides, though the agent says that all went well', async () => {
    const harness = goalHarness(store);
    harness.answerWith({ reply: '{"notify": true, "text": "the backup is made"}' });
    const { end, run, goal } = await once(harness, {
      doneCheck: 'echo there is no archive >&2; test -e /nowhere/archive',
    });
    expect(end).toEqual({
      state: 'failed',
      reason: 'the done-check failed: it ended with status 1: there is no archive',
    });
    expect(run).toMatchObject({ execution: 'done', doneCheck: 'failed', delivery: 'told' });
    expect(harness.told).toEqual([
      'The goal report failed: the done-check failed: it ended with status 1: there is no archive. It says: the backup is made',
    ]);
    expect(await findGoal(store, goal.id)).toMatchObject({ failuresInARow: 1, lastSuccessAt: null });
  });

  it('decides, though the agent failed', async () => {
    const harness = goalHarness(store);
    harness.answerWith({ failed: 'the agent exited with code 1' });
    const { end, run } = await once(harness, { doneCheck: 'true' });
    expect(end).toEqual({
      state: 'done',
      reason: 'the done-check passed, though the agent exited with code 1',
    });
    expect(run).toMatchObject({ execution: 'failed', doneCheck: 'passed', delivery: 'silent' });
  });

  it('reads what came of the run', async () => {
    const harness = goalHarness(store);
    harness.answerWith({ reply: '{"text": "ok", "files": 3}' });
    const seen = join(harness.folder, 'seen');
    await once(harness, { doneCheck: `cat > ${seen}` });
    expect(JSON.parse(readFileSync(seen, 'utf8'))).toEqual({
      goal: 'report',
      execution: 'done',
      reply: '{"text": "ok", "files": 3}',
      result: { notify: true, text: 'ok', severity: 'info' },
      reason: null,
    });
  });

  it.each([
    ['{"files": 3}', 'done', 'passed', undefined],
    [
      '{"files": 0}',
      'failed',
      'failed',
      'the done-check failed: files: Too small: expected number to be >=1',
    ],
    ['All three are done.', 'failed', 'failed', 'the done-check failed: the answer has no JSON object'],
  ])('may be a JSON schema: %s', async (reply, state, doneCheck, reason) => {
    const harness = goalHarness(store);
    harness.answerWith({ reply });
    const { end, run } = await once(harness, {
      doneCheck: {
        type: 'object',
        required: ['files'],
        properties: { files: { type: 'integer', minimum: 1 } },
      },
    });
    expect(end).toEqual({ state, ...(reason !== undefined && { reason }) });
    expect(run).toMatchObject({ doneCheck });
    // An answer that does not fit is asked for once more, and no third time.
    expect(harness.lines).toHaveLength(state === 'done' ? 1 : 2);
  });

  it('asks once more for an answer that does not fit its schema: for the form alone, and for what is left to spend', async () => {
    const harness = goalHarness(store);
    harness.answerWith(undefined);
    const doneCheck = { type: 'object', required: ['files'], properties: { files: { type: 'integer' } } };
    const goal = await harness.add({ prompt: 'Delete old files', agent: 'gemini', budget: 0.5, doneCheck });
    const fire = await harness.fire(goal);
    const running = runGoal(harness.deps, fire, never);
    await taskOf(fire);
    await store.query({ text: 'UPDATE tasks SET cost_usd = 0.2' });
    await harness.end({ reply: 'I deleted three files.' });
    await eventually(() => expect(harness.lines).toHaveLength(2));
    const { text } = harness.lines[1]?.payload as { text: string };
    expect(text).toMatch(/^This has been done, .*Do nothing of it again/);
    expect(text).toContain('| Delete old files');
    expect(text).toContain('| I deleted three files.');
    expect(text).toContain('What was wrong: the answer has no JSON object');
    await vi.waitFor(async () => expect((await findRun(store, fire.id))?.taskId).toBe(2), 60_000);
    expect((await findRun(store, fire.id))?.terms).toMatchObject({ agent: 'gemini', budgetUsd: 0.3 });
    await harness.end({ reply: '{"files": 3, "notify": false}' });
    expect(await running).toEqual({ state: 'done' });
    expect(await findRun(store, fire.id)).toMatchObject({ doneCheck: 'passed', execution: 'done' });
  });
});

describe('what the owner is told', () => {
  it('tells of the first failure of a row, and pauses at the tenth with a reason', async () => {
    const harness = goalHarness(store);
    const changes: string[] = [];
    harness.bus.on('jobs.changed', ({ kind }) => changes.push(kind));
    harness.answerWith({ failed: 'the disk is gone' });
    const goal = await harness.add({});
    for (let time = 0; time < 10; time += 1) await runGoal(harness.deps, await harness.fire(goal), never);
    expect(harness.told).toEqual([
      'The goal report failed: the disk is gone.',
      expect.stringContaining(
        'The goal report failed 10 times in a row and is paused: the disk is gone.',
      ) as string,
    ]);
    expect(await findGoal(store, goal.id)).toMatchObject({
      enabled: false,
      failuresInARow: 10,
      pausedReason: 'it failed 10 times in a row, the last time since the disk is gone',
    });
    expect(changes).toEqual(['goal']);
  });

  it('forgets earlier failures at a success', async () => {
    const harness = goalHarness(store);
    const goal = await harness.add({});
    for (const answer of [{ failed: 'a' }, { failed: 'b' }, { reply: '' }, { failed: 'c' }]) {
      harness.answerWith(answer);
      await runGoal(harness.deps, await harness.fire(goal), never);
    }
    expect(await findGoal(store, goal.id)).toMatchObject({ failuresInARow: 1, enabled: true });
    expect(harness.told).toEqual(['The goal report failed: a.', 'The goal report failed: c.']);
  });

  it('holds what is not urgent through quiet hours, and tells all of it at once in the morning', async () => {
    const harness = goalHarness(store, new Date('2026-11-28T23:00:00Z'));
    harness.answerWith({ reply: '{"notify": true, "text": "one"}' });
    const quiet = { quiet: '22:00-07:00', zone: 'Europe/Berlin' };
    const first = await once(harness, quiet);
    harness.answerWith({ reply: '{"notify": true, "text": "two", "severity": "warning"}' });
    await once(harness, { ...quiet, name: 'other' });
    harness.answerWith({ reply: '{"notify": true, "text": "the house burns", "severity": "critical"}' });
    await once(harness, { ...quiet, name: 'smoke' });
    expect(harness.told).toEqual(['smoke: the house burns']);
    expect(first.run).toMatchObject({ delivery: 'held', execution: 'done' });
    harness.setNow(new Date('2026-11-29T05:59:00Z'));
    expect(await tellHeld(harness.deps)).toBe(0);
    harness.setNow(new Date('2026-11-29T06:00:00Z'));
    expect(await tellHeld(harness.deps)).toBe(2);
    expect(harness.told.slice(1)).toEqual([
      'While it was quiet, 2 goals had something to say:\n- report: one\n- other: two',
    ]);
    expect(await findRun(store, first.fire.id)).toMatchObject({ delivery: 'told' });
    expect(await tellHeld(harness.deps)).toBe(0);
  });

  it('shows a delivery that failed, without calling the run so', async () => {
    await store.query({
      text: `INSERT INTO delivery_channels (name, owner_address, worker, seen_at) VALUES ('discord', 'me', gen_random_uuid(), now())`,
    });
    const harness = goalHarness(store);
    harness.answerWith({ reply: '{"notify": true, "text": "hello"}' });
    const { goal } = await once(harness, {});
    const delivery = async () => (await goalHistory(store, { goalId: goal.id, limit: 1 }))[0]?.delivery;
    expect(await delivery()).toBe('pending');
    await store.query({
      text: `UPDATE deliveries SET state = 'failed', reason = 'blocked', ended_at = now()`,
    });
    expect(await delivery()).toBe('failed');
    expect(await findGoal(store, goal.id)).toMatchObject({ failuresInARow: 0 });
  });
});

describe('a run that the daemon left behind', () => {
  it('finds its task again, and causes no second one', async () => {
    const harness = goalHarness(store);
    harness.answerWith(undefined);
    const goal = await harness.add({});
    const fire = await harness.fire(goal);
    const stop = new AbortController();
    const running = runGoal(harness.deps, fire, stop.signal);
    await taskOf(fire);
    stop.abort('shutdown');
    await running;
    expect(harness.cancelled).toEqual([]);
    expect(await findRun(store, fire.id)).toMatchObject({ phase: 'waiting' });
    const resumed = resumeGoal(harness.deps, fire, never);
    await harness.end({ reply: '{"notify": true, "text": "late"}' });
    expect(await resumed).toEqual({ state: 'done' });
    expect(harness.lines).toHaveLength(1);
    expect(harness.told).toEqual(['report: late']);
  });

  it('writes its line again where it may have been lost, under the same key', async () => {
    const harness = goalHarness(store);
    const { fire, run } = await once(harness, {});
    await store.query({ text: `UPDATE goal_runs SET phase = 'event', ended_at = NULL` });
    expect(await resumeGoal(harness.deps, fire, never)).toEqual({ state: 'done' });
    expect(harness.lines.map(({ payload }) => (payload as { dedupKey: string }).dedupKey)).toEqual([
      run?.dedupKey,
      run?.dedupKey,
    ]);
    const { rows } = await store.query({ text: 'SELECT id FROM tasks' });
    expect(rows).toHaveLength(1);
  });

  it('ends as its row says where only the end of its fire was lost, and tells nobody twice', async () => {
    const harness = goalHarness(store);
    harness.answerWith({ failed: 'broken' });
    const { fire, end } = await once(harness, {});
    expect(await resumeGoal(harness.deps, fire, never)).toEqual(end);
    expect(harness.told).toHaveLength(1);
  });

  it('keeps to the goal as it was, though it was edited meanwhile, and ends where it was removed', async () => {
    const harness = goalHarness(store);
    harness.answerWith(undefined);
    const goal = await harness.add({ doneCheck: 'true' });
    const fire = await harness.fire(goal);
    const running = runGoal(harness.deps, fire, never);
    await taskOf(fire);
    await store.query({ text: `UPDATE goals SET done_check = 'false'` });
    await harness.end({ reply: '' });
    expect(await running).toEqual({ state: 'done' });
    const marker = join(harness.folder, 'ran');
    writeFileSync(join(harness.folder, 'unused'), '');
    await store.query({ text: `DELETE FROM goals` });
    expect(await runGoal(harness.deps, { ...fire, id: fire.id + 1 }, never)).toEqual({
      state: 'cancelled',
      reason: 'the goal was removed',
    });
    expect(existsSync(marker)).toBe(false);
  });
});
