import { describe, expect, it } from 'vitest';
import type { UsageByModel } from '../../../src/spend/model-usage.ts';
import type { AgentRunOptions } from '../../helpers/agent-run.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';
import { type Dialect, dialects, line, runSpoken, type SpokenName } from '../../helpers/spoken-agents.ts';

const others = Object.entries(dialects).filter(([name]) => name !== 'claude') as [SpokenName, Dialect][];

describe.each(others)('a program that speaks as %s', (name, says) => {
  const guard = leakGuard();
  const begun = says.begins(says.session);

  const run = (lines: readonly string[], options: AgentRunOptions = {}, prompt = 'hello') =>
    runSpoken(name, lines, { ...options, prompt, watch: guard.watch });

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
