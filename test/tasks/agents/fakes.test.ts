import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withRules } from '../../../src/tasks/agents/kinds.ts';
import type { UsageByModel } from '../../../src/spend/model-usage.ts';
import { type AgentRunOptions, startAgentRun } from '../../helpers/agent-run.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

type Name = 'codex' | 'gemini' | 'opencode';

/** What a CLI prints, a line each, as its documentation has it. */
interface Dialect {
  begins: (session: string) => string;
  says: (words: string) => string;
  calls: (command: string, output: string) => string;
  ends: string;
  fails: (words: string) => string;
  session: string;
}

const line = (message: object): string =>
  `printf '%b\\n' '${JSON.stringify(message).replaceAll('\\', '\\\\')}'`;

const dialects: Readonly<Record<Name, Dialect>> = {
  codex: {
    begins: (id) => line({ type: 'thread.started', thread_id: id }),
    says: (text) => line({ type: 'item.completed', item: { id: 'i1', type: 'agent_message', text } }),
    calls: (command, aggregated_output) =>
      line({
        type: 'item.completed',
        item: {
          id: 'i0',
          type: 'command_execution',
          command,
          aggregated_output,
          exit_code: 0,
          status: 'completed',
        },
      }),
    ends: line({
      type: 'turn.completed',
      usage: { input_tokens: 1000, cached_input_tokens: 200, output_tokens: 100 },
    }),
    fails: (message) => line({ type: 'turn.failed', error: { message } }),
    session: '01a2b3c4-0000-7000-8000-000000000001',
  },
  gemini: {
    begins: (id) => line({ type: 'init', session_id: id, model: 'm' }),
    says: (content) => line({ type: 'message', role: 'assistant', content, delta: true }),
    calls: (command, output) =>
      [
        line({ type: 'tool_use', tool_name: 'run_shell_command', tool_id: 'x', parameters: { command } }),
        line({ type: 'tool_result', tool_id: 'x', status: 'success', output }),
      ].join('\n'),
    ends: line({
      type: 'result',
      status: 'success',
      stats: { models: { m: { input: 800, output_tokens: 100, cached: 200 } } },
    }),
    fails: (message) => line({ type: 'result', status: 'error', error: { type: 'unknown', message } }),
    session: '00000000-0000-4000-8000-000000000001',
  },
  opencode: {
    begins: (sessionID) => line({ type: 'step_start', sessionID, part: { type: 'step-start' } }),
    says: (text) => line({ type: 'text', part: { type: 'text', text } }),
    calls: (command, output) =>
      line({
        type: 'tool_use',
        part: { tool: 'bash', callID: 'c', state: { status: 'completed', input: { command }, output } },
      }),
    ends: line({
      type: 'step_finish',
      part: { reason: 'stop', tokens: { input: 800, output: 100, cache: { read: 200 } }, cost: 0.01 },
    }),
    fails: (message) => line({ type: 'error', error: { name: 'APIError', data: { message } } }),
    session: 'ses_000000000000000000000001',
  },
};

describe.each(Object.entries(dialects) as [Name, Dialect][])('a program that speaks as %s', (name, says) => {
  const guard = leakGuard();
  const begun = says.begins(says.session);

  function run(lines: readonly string[], options: AgentRunOptions = {}, prompt = 'hello') {
    const home = tempDir();
    const path = join(home, name);
    writeFileSync(path, ['#!/bin/bash', ...lines, ''].join('\n'));
    chmodSync(path, 0o755);
    mkdirSync(join(home, 'work'));
    const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: home };
    const agent = withRules({ kind: name, path, version: '0.0.0' });
    const place = { agent, env, cwd: join(home, 'work'), folder: join(home, 'files') };
    const started = startAgentRun(place, prompt, options);
    guard.watch(started.marker);
    return started;
  }

  it('is understood: its words, its tool, its session, and what it has used', async () => {
    const tool = says.calls('ls', 'a.txt');
    const { outcome, evidence, transcript, text } = await run([
      'cat >/dev/null',
      begun,
      tool,
      says.says('done'),
      says.ends,
    ]).ends();
    expect(outcome).toEqual({ kind: 'succeeded', reply: 'done' });
    expect(text).toBe('done');
    expect(evidence.result?.sessionId).toBe(says.session);
    expect(transcript.map(({ kind }) => kind)).toEqual(['called', 'returned', 'said']);
    expect(Object.values(evidence.result?.usage as UsageByModel)).toEqual([
      expect.objectContaining({ inputTokens: 800, outputTokens: 100, cacheReadTokens: 200 }),
    ]);
  });

  it('has not answered where it ends well without a result, or without a word', async () => {
    const cut = await run(['cat >/dev/null', begun, says.says('I am about to')]).ends();
    expect(cut.outcome.kind).toBe('no-result');
    expect((await run(['cat >/dev/null']).ends()).outcome.kind).toBe('protocol');
  });

  it('may leave its input unread, print what nobody knows, and take its time over the end', async () => {
    const { outcome } = await run(
      ['echo not json', begun, line({ type: 'news.of.tomorrow' }), says.says('done'), says.ends],
      {},
      'x'.repeat(300_000),
    ).ends();
    expect(outcome).toEqual({ kind: 'succeeded', reply: 'done' });
    const lingers = run(['cat >/dev/null', begun, says.says('done'), says.ends, 'sleep 600'], {
      limits: { resultGraceMs: 50 },
    });
    expect((await lingers.ends()).outcome).toMatchObject({ kind: 'succeeded', reply: 'done' });
  });

  it('that goes on in another session than it was told to has not answered, whatever it says', async () => {
    const answer = [says.says('Who are you?'), says.ends];
    const other = says.session.replace(/1$/, '2');
    const anew = await run(['cat >/dev/null', says.begins(other), ...answer], {
      resume: says.session,
    }).ends();
    expect(anew.outcome.kind).toBe('stale-session');
    expect(anew.text).toBe('');
    const same = await run(['cat >/dev/null', begun, ...answer], { resume: says.session }).ends();
    expect(same.outcome).toEqual({ kind: 'succeeded', reply: 'Who are you?' });
  });

  it('that begins anew is ended at once, with all that it does', async () => {
    const other = says.session.replace(/1$/, '2');
    const anew = run([says.begins(other), 'sleep 600'], { resume: says.session, stopTheClock: true });
    expect((await anew.ends()).outcome.kind).toBe('stale-session');
  });

  it('may print what is no UTF-8', async () => {
    const { outcome } = await run([
      'cat >/dev/null',
      begun,
      says.says('a@@b').replace('@@', '\\xff'),
      says.ends,
    ]).ends();
    expect(outcome).toEqual({ kind: 'succeeded', reply: 'a\uFFFDb' });
  });

  it.each([
    ['in lines', 'yes "{}"'],
    ['in one line', 'tr "\\0" x </dev/zero'],
  ])('that prints without an end, %s, is ended', async (_, flood) => {
    const { outcome } = await run(['cat >/dev/null', begun, flood], { stopTheClock: true }).ends();
    expect(outcome.kind).toBe('output-limit');
  });

  it('leaves nobody: neither in a session of its own nor at its limit', async () => {
    const answered = await run([
      'cat >/dev/null',
      'setsid -f sleep 700.5 >/dev/null 2>&1',
      begun,
      says.says('done'),
      says.ends,
    ]).ends();
    expect(answered.outcome).toMatchObject({ kind: 'succeeded' });
    const hangs = run(['setsid -f sleep 700.5', begun, 'exec sleep 700.25'], { stopTheClock: true });
    await hangs.runs(/^sleep 700\.25$/);
    await hangs.runs(/^sleep 700\.5$/);
    hangs.pass(24 * 60 * 60 * 1_000);
    expect(['timed-out', 'no-output']).toContain((await hangs.ends()).outcome.kind);
  });

  it.each([
    ['unexpected status 401 Unauthorized: no', 'not-logged-in'],
    ['[API Error: {"error":{"code":401,"message":"no"}}]', 'not-logged-in'],
    ['429 Too Many Requests', 'rate-limited'],
    ['HTTP 500: oops', 'overloaded'],
    ['status 400: unknown parameter', 'invalid-request'],
    ['the dog ate it', 'agent-error'],
  ])('is refused as its words say: %s', async (words, kind) => {
    const { outcome } = await run(['cat >/dev/null', begun, says.fails(words), 'exit 1']).ends();
    expect(outcome).toMatchObject({ kind, reason: expect.stringContaining(words.slice(0, 12)) as unknown });
  });
});
