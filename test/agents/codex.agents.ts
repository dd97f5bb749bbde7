import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { leakGuard } from '../helpers/leak-guard.ts';
import { type AgentHome, agentPath, createAgentHome } from './agent-home.ts';
import { ownersSettings, startAgentRun } from './agent-run.ts';

leakGuard({ withinMs: 15_000 });
const homes: AgentHome[] = [];
afterEach(async () => {
  for (const home of homes.splice(0)) await home.remove();
});

async function codexHome(): Promise<AgentHome> {
  const home = await createAgentHome('codex');
  homes.push(home);
  return home;
}

const untrusted = {
  permissionMode: 'dontAsk',
  tools: [],
  disallowedTools: ['Bash', 'Edit', 'Write', 'WebFetch', 'WebSearch'],
} as const;

describe.skipIf(agentPath('codex') === undefined)('the real Codex CLI', () => {
  it('replies, and tells its session, its words and its tokens', async () => {
    const home = await codexHome();
    const run = startAgentRun(home, '[[say hello there]]');
    const { outcome, evidence, transcript } = await run.ends();
    expect(outcome).toEqual({ kind: 'succeeded', reply: 'hello there' });
    expect(run.texts.join('')).toBe('hello there');
    expect(evidence.result?.sessionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(transcript).toEqual([expect.objectContaining({ kind: 'said', text: 'hello there' })]);
    const { inputTokens, outputTokens, cacheReadTokens } = home.api.charged();
    expect(evidence.result?.usage).toEqual({
      codex: { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens: 0 },
    });
  });

  it('uses its shell, which knows the task and no key, and tells of it as of any tool', async () => {
    const home = await codexHome();
    const { outcome, transcript } = await startAgentRun(
      home,
      '[[bash echo "task $NINJAD_TASK key $OPENAI_API_KEY."; exit 3]] [[say done]]',
    ).ends();
    expect(outcome).toMatchObject({ kind: 'succeeded', reply: 'done' });
    expect(transcript).toEqual([
      expect.objectContaining({ kind: 'called', tool: 'Bash' }),
      expect.objectContaining({
        kind: 'returned',
        failed: true,
        text: expect.stringMatching(/task [0-9a-f-]+:1:1 key \./) as string,
      }),
      expect.objectContaining({ kind: 'said' }),
    ]);
  });

  it('goes on in its session, and counts its tokens over all of it', async () => {
    const home = await codexHome();
    const first = await startAgentRun(home, '[[say one]]').ends();
    const resume = first.evidence.result?.sessionId ?? '';
    const second = await startAgentRun(home, '[[say two]]', { resume }).ends();
    expect(second.outcome).toMatchObject({ reply: 'two' });
    expect(second.evidence.result?.sessionId).toBe(resume);
    expect(home.api.requests[1]?.messages).toBeGreaterThan(home.api.requests[0]?.messages ?? 0);
    const usage = second.evidence.result?.usage as { codex: { outputTokens: number } };
    expect(usage.codex.outputTokens).toBe(home.api.charged().outputTokens);
  });

  it('says that a session is gone, and never begins another in its place', async () => {
    const home = await codexHome();
    const resume = '01a2b3c4-0000-7000-8000-000000000000';
    const { outcome } = await startAgentRun(home, '[[say two]]', { resume }).ends();
    expect(outcome.kind).toBe('stale-session');
    expect(home.api.requests).toEqual([]);
  });

  it.each([
    ['[[fail 400]]', 'invalid-request'],
    ['[[fail 401]]', 'not-logged-in'],
    ['[[fail 429]]', 'rate-limited'],
    ['[[fail 500]]', 'overloaded'],
    ['[[cut]]', 'overloaded'],
  ])('tells what %s means: %s', async (prompt, kind) => {
    const home = await codexHome();
    const { outcome, evidence } = await startAgentRun(home, prompt).ends();
    expect({ kind: outcome.kind, errors: evidence.result?.errors }).toMatchObject({ kind });
  });

  it('is ended where its service cannot be reached, of which it would never say that it is over', async () => {
    const home = await codexHome();
    await home.api.close();
    const limits = { silenceMs: 20_000 };
    const { outcome } = await startAgentRun(home, '[[say one]]', { limits }).ends();
    expect(outcome.kind).toBe('no-output');
  });

  it('is ended at its limit, and leaves nothing behind, not even what left its session', async () => {
    const home = await codexHome();
    const run = startAgentRun(home, '[[bash setsid -f sleep 617; sleep 618]] [[say done]]', {
      stopTheClock: true,
      // The tool may be there before the word of it, which lets it be silent for longer.
      limits: { killGraceMs: 0, silenceMs: 12 * 60_000 },
    });
    await run.runs(/sleep 617/);
    await run.runs(/sleep 618/);
    run.pass(11 * 60_000);
    expect((await run.ends()).outcome.kind).toBe('timed-out');
  });

  it('takes a long prompt, and refuses one that it could not take with a sentence', async () => {
    const home = await codexHome();
    const long = `[[say long]] ${'x'.repeat(1_000_000)}`;
    expect((await startAgentRun(home, long).ends()).outcome).toMatchObject({ reply: 'long' });
    const { outcome } = await startAgentRun(home, `${long}${'x'.repeat(60_000)}`).ends();
    expect(outcome).toMatchObject({ kind: 'unfit', reason: expect.stringContaining('1,048,000') as string });
    expect(home.api.requests).toHaveLength(1);
  });

  it('passes on output that is not UTF-8', async () => {
    const home = await codexHome();
    const { outcome, transcript } = await startAgentRun(
      home,
      "[[bash printf 'a\\377b']] [[say done]]",
    ).ends();
    expect(outcome).toMatchObject({ reply: 'done' });
    expect(transcript).toContainEqual(expect.objectContaining({ kind: 'returned', text: 'a\uFFFDb' }));
  });

  it('has no tool for what anybody could have written', async () => {
    const home = await codexHome();
    const { outcome } = await startAgentRun(home, '[[say done]]', { settings: untrusted }).ends();
    expect(outcome).toMatchObject({ reply: 'done' });
    // Nobody answers the one that is left.
    expect(home.api.requests[0]?.tools).toEqual(['request_user_input']);
  });

  it('runs no command where its shell is not granted', async () => {
    const home = await codexHome();
    const settings = { permissionMode: 'dontAsk', allowedTools: ['Read', 'Bash(df -h)'] } as const;
    await startAgentRun(home, `[[bash touch ${join(home.home, 'touched')}]] [[say done]]`, {
      settings,
    }).ends();
    expect(existsSync(join(home.home, 'touched'))).toBe(false);
  });

  it('is refused what it could not be held to', async () => {
    const home = await codexHome();
    const denied = { ...ownersSettings, disallowedTools: ['Bash(git push:*)'] };
    expect((await startAgentRun(home, '[[say one]]', { settings: denied }).ends()).outcome).toMatchObject({
      kind: 'unfit',
      reason: expect.stringContaining('Bash(git push:*)') as string,
    });
    const capped = { ...ownersSettings, maxBudgetUsd: 0.5 };
    expect((await startAgentRun(home, '[[say one]]', { settings: capped }).ends()).outcome).toMatchObject({
      kind: 'unfit',
      reason: expect.stringContaining('$0.50') as string,
    });
    expect(home.api.requests).toEqual([]);
  });
});
