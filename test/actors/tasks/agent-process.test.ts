import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AnyEventObject, createActor, fromPromise, toPromise } from 'xstate';
import { createAgentProcess } from '../../../actors/tasks/agent-process.ts';
import { createTerminate } from '../../../actors/tasks/run-steps.ts';
import { agentRunMachine } from '../../../machines/agent-run/machine.ts';
import { taskMarker } from '../../../src/lib/process/marker.ts';
import { outcomeOf } from '../../../src/tasks/run/outcome.ts';
import type { RunnableAgent } from '../../../src/tasks/agents/kinds.ts';
import type { StreamBounds } from '../../../src/tasks/run/stream-reader.ts';
import { findMarked } from '../../../src/lib/process/find-marked.ts';
import { isAlive } from '../../../src/lib/process/identity.ts';
import type { ClaimedTask } from '../../../src/tasks/rows/claim.ts';
import { claudeAt, fakeAgent, fakeTask, quickLimits } from '../../helpers/agent-fixtures.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';

const guard = leakGuard({ withinMs: 10_000 });
let cwd: string;
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'ninjad-agent-'))));
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

interface RunOptions {
  task?: Partial<ClaimedTask>;
  limits?: Parameters<typeof quickLimits>[0];
  bounds?: StreamBounds;
  resume?: string;
}

/** A run with everything real except the row that notes its process. */
function startRun(agent: RunnableAgent, { task: changes, limits, bounds, resume }: RunOptions = {}) {
  const task = fakeTask(changes);
  const { name, value } = taskMarker({ worker: task.worker, taskId: task.id, attempt: task.attempt });
  guard.watch(`${name}=${value}`);
  const texts: string[] = [];
  const progress: string[] = [];
  const machine = agentRunMachine.provide({
    actors: {
      agentProcess: createAgentProcess({
        folder: () => '/nonexistent',
        env: process.env,
        cwd,
        settings: () => ({}),
        ...(bounds !== undefined && { bounds }),
      }),
      terminate: createTerminate(),
      noteProcess: fromPromise(() => Promise.resolve(undefined)),
    },
    actions: {
      announceEntries: () => {},
      announceText: ({ event }) => void texts.push((event as AnyEventObject)['text'] as string),
      announceProgress: ({ event }) => void progress.push((event as AnyEventObject)['progress'] as string),
    },
  });
  const request = {
    task,
    agent,
    memories: [],
    degraded: null,
    withoutMemories: null,
    resume: resume ?? null,
  };
  const actor = createActor(machine, { input: { request, limits: quickLimits(limits), steers: [] } });
  const output = toPromise(actor);
  actor.start();
  return { actor, task, texts, progress, output, survivors: () => findMarked(name, value) };
}

async function finish(run: ReturnType<typeof startRun>) {
  const output = await run.output;
  expect(await run.survivors()).toEqual([]);
  return { ...output, outcome: outcomeOf(output.evidence) };
}

describe('agent process', () => {
  it('streams the text as it comes and ends with the result', async () => {
    const run = startRun(fakeAgent('good.sh'));
    const { outcome, cleanup, evidence } = await finish(run);
    expect(outcome).toEqual({ kind: 'succeeded', reply: 'hello world' });
    expect(run.texts.join('')).toBe('hello world');
    expect(run.progress).toContain('writing the reply');
    expect(evidence.exit).toEqual({ code: 0, signal: null });
    expect(cleanup?.killedCount).toBe(0);
  });

  it('leads a session of its own, and is marked', async () => {
    const run = startRun(fakeAgent('silent.sh'));
    await vi.waitFor(
      () => expect(run.actor.getSnapshot().value).toEqual({ live: { running: 'listening' } }),
      10_000,
    );
    const { identity } = run.actor.getSnapshot().context;
    const marked = await run.survivors();
    expect(marked.map(({ identity: { pid } }) => pid)).toEqual([identity?.pid]);
    run.actor.send({ type: 'task.cancel' });
    expect((await finish(run)).outcome).toEqual({ kind: 'cancelled', reason: 'cancelled' });
  });

  it('gets what the owner has chosen in their environment, and none of the secrets beside it', async () => {
    const chosen = [
      'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC',
      'DISABLE_TELEMETRY',
      'DISABLE_ERROR_REPORTING',
      'CLAUDE_CODE_USE_BEDROCK',
      'CLAUDE_CODE_USE_VERTEX',
      'CLAUDE_CODE_USE_FOUNDRY',
      'CLAUDE_CODE_OAUTH_TOKEN',
    ];
    const kept = [
      'CLAUDECODE',
      'CLAUDE_CODE_ENTRYPOINT',
      'CLAUDE_CODE_SSE_PORT',
      'CLAUDE_CODE_SESSION_ID',
      'DATABASE_URL',
      'DISCORD_TOKEN',
      'IMAP_URL',
      'GH_TOKEN',
    ];
    for (const name of [...chosen, ...kept]) vi.stubEnv(name, `of ${name}`);
    const program = join(cwd, 'agent.sh');
    writeFileSync(program, '#!/bin/bash\ntr "\\0" "\\n" <"/proc/$$/environ" >seen\n');
    chmodSync(program, 0o755);
    try {
      await startRun(claudeAt(program)).output;
    } finally {
      vi.unstubAllEnvs();
    }
    const seen = new Set(readFileSync(join(cwd, 'seen'), 'utf8').split('\n'));
    expect(chosen.filter((name) => !seen.has(`${name}=of ${name}`))).toEqual([]);
    expect([...seen].filter((line) => kept.includes(line.split('=')[0] ?? ''))).toEqual([]);
  });

  it('delivers a steering message into the running turn', async () => {
    const run = startRun(fakeAgent('steered.sh'));
    await vi.waitFor(() => expect(run.texts).toContain('waiting'), 10_000);
    run.actor.send({ type: 'task.steer', text: 'use the blue one' });
    expect((await finish(run)).outcome).toEqual({ kind: 'succeeded', reply: 'blue it is' });
  });

  it('reports a program that is not there', async () => {
    const run = startRun(claudeAt(join(cwd, 'missing')));
    const { outcome, evidence } = await finish(run);
    expect(outcome.kind).toBe('not-found');
    expect(evidence.spawnFailure?.code).toBe('ENOENT');
  });

  it('reports a program that may not be executed, and runs the same one when it may', async () => {
    const path = join(cwd, 'agent.sh');
    writeFileSync(path, '#!/bin/sh\nexit 0\n');
    chmodSync(path, 0o644);
    expect((await finish(startRun(claudeAt(path)))).outcome.kind).toBe('not-executable');
    chmodSync(path, 0o755);
    expect((await finish(startRun(claudeAt(path)))).outcome.kind).toBe('protocol');
  });

  it('calls garbage a breach of protocol', async () => {
    const { outcome, evidence } = await finish(startRun(fakeAgent('garbage.sh')));
    expect(outcome.kind).toBe('protocol');
    expect(evidence.messages).toBe(0);
  });

  it('ends an agent that says nothing, and lets one speak that does', async () => {
    const limits = { silenceMs: 300 };
    expect((await finish(startRun(fakeAgent('silent.sh'), { limits }))).outcome.kind).toBe('no-output');
    const spoke = await finish(startRun(fakeAgent('good.sh'), { limits: { silenceMs: 20_000 } }));
    expect(spoke.outcome.kind).toBe('succeeded');
  });

  it('keeps the last words of an agent that exits at once', async () => {
    const { outcome } = await finish(startRun(fakeAgent('exits.sh')));
    expect(outcome).toEqual({
      kind: 'crashed',
      reason: 'the agent exited with code 7; its last words: cannot go on: out of coffee',
    });
  });

  it('notices that a clean exit came without a result', async () => {
    const { outcome, text } = await finish(startRun(fakeAgent('no-result.sh')));
    expect(outcome.kind).toBe('no-result');
    expect(text).toBe('half a sen');
  });

  it('ends a flood at its bound, in bounded memory', async () => {
    const before = process.memoryUsage().rss;
    const { outcome } = await finish(startRun(fakeAgent('flood.sh')));
    expect(outcome.kind).toBe('output-limit');
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  it('reads the same flood to its end where the bound allows it', async () => {
    const { outcome } = await finish(
      startRun(fakeAgent('flood.sh'), { bounds: { maxBytes: 200_000_000, maxLines: 200_000_000 } }),
    );
    expect(outcome).toEqual({ kind: 'succeeded', reply: 'after the flood' });
  });

  it('drains standard error without end and keeps its tail', async () => {
    const path = join(cwd, 'noisy.sh');
    writeFileSync(path, '#!/bin/sh\nhead -c 5000000 /dev/zero | tr "\\0" e >&2\necho the end >&2\nexit 3\n', {
      mode: 0o755,
    });
    const { evidence } = await finish(startRun(claudeAt(path)));
    expect(evidence.exit).toEqual({ code: 3, signal: null });
    expect(evidence.stderr.length).toBe(8 * 1024);
    expect(evidence.stderr.endsWith('the end\n')).toBe(true);
  });

  it('takes a prompt of 4 MiB to an agent that never reads it', async () => {
    const { outcome } = await finish(
      startRun(fakeAgent('nothing.sh'), { task: { prompt: 'x'.repeat(4 * 1024 * 1024) } }),
    );
    expect(outcome.kind).toBe('protocol');
  });

  it('keeps the result of an agent that hangs after it', async () => {
    const { outcome } = await finish(startRun(fakeAgent('lingers.sh')));
    expect(outcome).toMatchObject({ kind: 'succeeded', reply: 'my turn is over' });
    expect(outcome).toHaveProperty('note');
  });

  it('does not believe a result that comes after the limit', async () => {
    const run = startRun(fakeAgent('result-on-term.sh'), { limits: { runMs: 1_500, killGraceMs: 5_000 } });
    const { outcome, evidence } = await finish(run);
    expect(outcome.kind).toBe('timed-out');
    expect(evidence.result).toBeUndefined();
  });

  it('is not held up by a grandchild that keeps standard output open', async () => {
    const { outcome, cleanup } = await finish(
      startRun(fakeAgent('holds-stdout.sh'), { limits: { runMs: 30_000 } }),
    );
    expect(outcome).toEqual({ kind: 'succeeded', reply: 'answered' });
    expect(cleanup?.left).toEqual([]);
  });

  it('takes the last words of the agent for the reply where its result has none', async () => {
    const { outcome } = await finish(startRun(fakeAgent('empty-result.sh')));
    expect(outcome).toEqual({ kind: 'succeeded', reply: 'Two and two is four.' });
  });

  it('waits for background tasks past its result, and takes the last one for the reply', async () => {
    const { outcome, evidence } = await finish(startRun(fakeAgent('background.sh')));
    expect(outcome).toEqual({ kind: 'succeeded', reply: 'All 12 tests pass' });
    expect(evidence.result?.totalCostUsd).toBe(0.5);
  });

  it('waits for background tasks within its limit alone, and not for a turn that never comes', async () => {
    const limits = { runMs: 1_500, silenceMs: 300 };
    const forEver = await finish(
      startRun(fakeAgent('background.sh'), { limits, task: { prompt: 'for ever' } }),
    );
    expect(forEver.outcome).toMatchObject({
      kind: 'succeeded',
      reply: 'I have started the tests and will report',
      note: 'background tasks of the agent were not through when it ended',
    });
    const silent = startRun(fakeAgent('background.sh'), { task: { prompt: 'and nothing more' } });
    expect((await finish(silent)).outcome).toMatchObject({ kind: 'succeeded' });
  });

  it('recognises a stale session, and none when it begins a new one', async () => {
    const stale = await finish(startRun(fakeAgent('stale.sh'), { resume: 'dead-beef' }));
    expect(stale.evidence.staleSession).toBe(true);
    const fresh = await finish(startRun(fakeAgent('stale.sh')));
    expect(fresh.outcome).toEqual({ kind: 'succeeded', reply: 'fresh start' });
  });

  it('reports a failed login as an error, though it says success', async () => {
    const { outcome } = await finish(startRun(fakeAgent('is-error.sh')));
    expect(outcome).toEqual({ kind: 'agent-error', reason: 'the agent reported an error: Invalid API key' });
  });
});

describe('no survivors', () => {
  const bystanders: ReturnType<typeof spawn>[] = [];
  afterEach(async () => {
    for (const bystander of bystanders.splice(0)) {
      const gone = once(bystander, 'exit');
      bystander.kill('SIGKILL');
      await gone;
    }
  });

  function bystander() {
    const child = spawn('sleep', ['608'], {
      detached: true,
      env: { NINJAD_TASK: 'another:1:1', PATH: process.env['PATH'] },
    });
    bystanders.push(child);
    return child;
  }

  it.each(['cancel', 'shutdown'] as const)(
    'are left by a whole stubborn family after %s',
    async (command) => {
      const other = bystander();
      const run = startRun(fakeAgent('family.sh'));
      await vi.waitFor(async () => expect((await run.survivors()).length).toBeGreaterThanOrEqual(7), 15_000);
      run.actor.send({ type: `task.${command}` });
      const { cleanup } = await finish(run);
      expect(cleanup?.killedCount).toBeGreaterThanOrEqual(3);
      expect(cleanup?.left).toEqual([]);
      expect(other.exitCode ?? other.signalCode).toBeNull();
    },
  );

  it('are left when the limit passes', async () => {
    const run = startRun(fakeAgent('family.sh'), { limits: { runMs: 2_000 } });
    expect((await finish(run)).outcome.kind).toBe('timed-out');
  });

  it('are left behind a success either', async () => {
    const run = startRun(fakeAgent('family.sh'), { task: { prompt: 'answer at once' } });
    const { outcome, cleanup } = await finish(run);
    expect(outcome).toEqual({ kind: 'succeeded', reply: 'they run on without me' });
    expect(cleanup?.survivorsBeforeKill.length).toBeGreaterThanOrEqual(1);
  });

  it('are left when the agent is shot from outside', async () => {
    const run = startRun(fakeAgent('family.sh'));
    await vi.waitFor(async () => expect((await run.survivors()).length).toBeGreaterThanOrEqual(7), 15_000);
    const { identity } = run.actor.getSnapshot().context;
    if (identity === undefined || !isAlive(identity)) throw new Error('the agent is not there');
    process.kill(identity.pid, 'SIGKILL');
    expect((await finish(run)).outcome).toMatchObject({
      kind: 'crashed',
      reason: 'the agent was killed by SIGKILL',
    });
  });
});
