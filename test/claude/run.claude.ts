import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultTaskLimits } from '../../src/tasks/run/limits.ts';
import { homePaths } from '../../src/lib/config/paths.ts';
import { secretPlaces } from '../../src/tasks/permissions/secret-places.ts';
import { isAlive } from '../../src/lib/process/identity.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { chargedUsd, type ClaudeHome, type ClaudeHomeOptions, createClaudeHome } from './claude-home.ts';
import { type ClaudeRunOptions, startClaudeRun } from './claude-run.ts';
import { eventually } from '../helpers/eventually.ts';

const guard = leakGuard({ withinMs: 15_000 });
const homes: ClaudeHome[] = [];
afterEach(async () => {
  for (const home of homes.splice(0)) await home.remove();
});

async function claudeHome(options?: ClaudeHomeOptions): Promise<ClaudeHome> {
  const home = await createClaudeHome(options);
  homes.push(home);
  return home;
}

function start(claude: ClaudeHome, prompt: string, options?: ClaudeRunOptions) {
  const run = startClaudeRun(claude, prompt, options);
  guard.watch(run.marker);
  return run;
}

/** A command that runs until the test writes the file; the CLI refuses a bare `sleep 600`. */
const untilFile = (claude: ClaudeHome) => `until [ -e ${join(claude.home, 'go')} ]; do sleep 0.1; done`;
/** A process deaf to SIGTERM: the CLI cannot have ended it on its own way out. */
const deaf = (seconds: number) => `sh -c "trap '' TERM; exec sleep ${seconds}"`;
/** With a limit of its own that is longer than ours lets it run, so that it is not its silence that ends it. */
const bashFor10Minutes = (command: string) =>
  `[[tool Bash ${JSON.stringify({ command, timeout: 600_000 })}]]`;
/** An answer that is being given for longer than any test takes. */
const longAnswer = `[[drip 200 a whole answer it seems${' and more'.repeat(500)}]]`;
const go = (claude: ClaudeHome) => writeFileSync(join(claude.home, 'go'), '');

describe('the real CLI', () => {
  it('streams its reply word by word and ends with it', async () => {
    const claude = await claudeHome();
    const run = start(claude, '[[drip 100 one two three four five six]]');
    await vi.waitFor(() => expect(run.texts.join('')).toMatch(/^one two/), 30_000);
    expect(run.texts.join('')).not.toContain('six');
    const { outcome, evidence, transcript, text } = await run.ends();
    expect(outcome).toEqual({ kind: 'succeeded', reply: 'one two three four five six' });
    expect(text).toBe('one two three four five six');
    expect(evidence.exit).toEqual({ code: 0, signal: null });
    expect(transcript).toEqual([
      { at: expect.any(Number) as unknown, kind: 'said', text: 'one two three four five six' },
    ]);
    expect(evidence.result?.totalCostUsd).toBeCloseTo(chargedUsd(claude.api), 9);
  });

  it('shows its tools as progress and in the transcript', async () => {
    const claude = await claudeHome();
    const run = start(claude, '[[bash echo 4$((1 + 1))]] [[say done]]');
    const { outcome, transcript } = await run.ends();
    expect(outcome).toEqual({ kind: 'succeeded', reply: 'done' });
    expect(run.progress).toContain('using Bash');
    expect(transcript).toMatchObject([
      { kind: 'called', tool: 'Bash', input: 'echo 4$((1 + 1))' },
      { kind: 'returned', text: '42', failed: false },
      { kind: 'said', text: 'done' },
    ]);
    expect(claude.api.requests.at(-1)?.toolResults).toEqual(['42']);
  });

  it('is told what it may not do, goes on, and its reply stands', async () => {
    const claude = await claudeHome({ allow: [] });
    const run = start(claude, '[[bash touch /etc/ninjad-was-here]] [[say I could not]]');
    const { outcome, evidence, transcript } = await run.ends();
    expect(outcome).toEqual({ kind: 'succeeded', reply: 'I could not' });
    expect(evidence.result?.deniedTools).toEqual(['Bash']);
    expect(run.progress).toContain('going on without Bash: it is not allowed');
    expect(transcript).toContainEqual(expect.objectContaining({ kind: 'denied', tool: 'Bash' }));
  });

  it('reads none of the secret places of a run that speaks for a machine, by whatever tool, and other files all the same', async () => {
    const claude = await claudeHome({ allow: [] });
    const paths = homePaths(join(claude.home, '.ninjad'));
    for (const path of [paths.token, join(claude.home, '.ssh', 'id_ed25519'), join(claude.home, 'notes')]) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, 'the word is PLANTED\n');
    }
    const tool = (name: string, input: Record<string, string>) => `[[tool ${name} ${JSON.stringify(input)}]]`;
    const run = start(
      claude,
      [
        tool('Read', { file_path: paths.token }),
        tool('Read', { file_path: join(claude.home, '.ssh', 'id_ed25519') }),
        tool('Grep', { pattern: 'PLANTED', path: paths.token, output_mode: 'content' }),
        tool('Grep', { pattern: 'PLANTED', path: join(claude.home, '.ssh'), output_mode: 'content' }),
        tool('Read', { file_path: join(claude.home, 'notes') }),
        '[[say done]]',
      ].join(' '),
      {
        settings: {
          allowedTools: ['Read', 'Grep', 'Glob'],
          disallowedTools: secretPlaces('local', paths, claude.home),
        },
      },
    );
    const { outcome } = await run.ends();
    expect(outcome.kind).toBe('succeeded');
    const results = claude.api.requests.at(-1)?.toolResults ?? [];
    expect(results).toHaveLength(5);
    expect(results.map((text) => text.includes('the word is PLANTED'))).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  it('takes a steering message into the running turn', async () => {
    const claude = await claudeHome();
    const run = start(claude, `[[bash ${untilFile(claude)}; sleep 1]] [[say the first plan]]`);
    await run.runs(/^sleep 0.1$/);
    run.actor.send({ type: 'task.steer', text: '[[say the second plan]]' });
    await eventually(() =>
      expect(run.actor.getSnapshot().context.transcript.head.at(-1)?.kind).toBe('steered'),
    );
    go(claude);
    const { outcome, evidence } = await run.ends();
    expect(outcome).toEqual({ kind: 'succeeded', reply: 'the second plan' });
    expect(claude.api.requests).toHaveLength(2);
    expect(evidence.result?.totalCostUsd).toBeCloseTo(chargedUsd(claude.api), 9);
  });

  it('goes on in its session, whose cost adds up, and says when it does not know it', async () => {
    const claude = await claudeHome();
    const first = await start(claude, '[[say one]]').ends();
    const resume = first.evidence.result?.sessionId ?? '';
    const second = await start(claude, '[[say two]]', { resume }).ends();
    expect(second.evidence.result?.sessionId).toBe(resume);
    expect(second.evidence.result?.totalCostUsd).toBeCloseTo(chargedUsd(claude.api), 9);
    expect(claude.api.requests.at(-1)?.messages).toBeGreaterThan(claude.api.requests[0]?.messages ?? 0);

    const unknown = await start(claude, '[[say three]]', {
      resume: '00000000-0000-4000-8000-000000000000',
    }).ends();
    expect(unknown.outcome.kind).toBe('stale-session');
    expect(claude.api.requests).toHaveLength(2);
  });
});

describe('the real CLI, when it is ended', () => {
  it('leaves no process of its Bash tool at the time limit', async () => {
    const claude = await claudeHome();
    const run = start(claude, `${bashFor10Minutes('sh -c "sleep 600; true"')} [[say done]]`, {
      stopTheClock: true,
    });
    await run.runs(/^sleep 600$/);
    run.pass(defaultTaskLimits.runMs);
    const { outcome, cleanup } = await run.ends();
    expect(outcome.kind).toBe('timed-out');
    expect(cleanup?.left).toEqual([]);
  });

  it('leaves none that detached itself by setsid -f either', async () => {
    const claude = await claudeHome();
    const command = `setsid -f ${deaf(601)} >/dev/null 2>&1; sh -c "sleep 602; true"`;
    const run = start(claude, `${bashFor10Minutes(command)} [[say done]]`, { stopTheClock: true });
    await run.runs(/^sleep 601$/);
    await run.runs(/^sleep 602$/);
    run.pass(defaultTaskLimits.runMs);
    const { outcome, cleanup } = await run.ends();
    expect(outcome.kind).toBe('timed-out');
    expect(cleanup?.killed.map((killed) => killed.command)).toContain('sleep 601');
  });

  it('leaves none when it ended well and its Bash tool had left one behind', async () => {
    const claude = await claudeHome();
    const run = start(claude, `[[bash setsid -f ${deaf(603)} >/dev/null 2>&1]] [[say done]]`);
    const { outcome, cleanup } = await run.ends();
    expect(outcome).toEqual({ kind: 'succeeded', reply: 'done' });
    expect(cleanup?.killed.map((killed) => killed.command)).toEqual(['sleep 603']);
  });

  it('puts no command into the background, though it was told to', async () => {
    const claude = await claudeHome();
    const input = JSON.stringify({ command: 'sh -c "sleep 606; true"', run_in_background: true });
    const run = start(claude, `[[tool Bash ${input}]] [[say done]]`, { limits: { resultGraceMs: 2_000 } });
    const { outcome } = await run.ends();
    expect(outcome).toEqual({ kind: 'succeeded', reply: 'done' });
  });

  it('leaves none when it is shot itself', async () => {
    const claude = await claudeHome();
    const run = start(claude, `[[bash ${deaf(604)}]] [[say done]]`);
    await run.runs(/^sleep 604$/);
    const { identity } = run.actor.getSnapshot().context;
    if (identity === undefined || !isAlive(identity)) throw new Error('claude is not there');
    process.kill(identity.pid, 'SIGKILL');
    const { outcome, cleanup } = await run.ends();
    expect(outcome).toMatchObject({ kind: 'crashed', reason: 'the agent was killed by SIGKILL' });
    expect(cleanup?.killed.map((killed) => killed.command)).toContain('sleep 604');
  });

  it('has not succeeded, whatever it prints on its way out', async () => {
    const claude = await claudeHome();
    const run = start(claude, longAnswer);
    await vi.waitFor(() => expect(run.texts.join('')).toContain('a whole'), 30_000);
    run.actor.send({ type: 'task.shutdown' });
    const { outcome, evidence } = await run.ends();
    expect(outcome.kind).toBe('shutdown');
    expect(evidence.result).toBeUndefined();
  });

  it('ends its turn when it is asked to, says what that has cost, and its session can be gone on with', async () => {
    const claude = await claudeHome();
    const run = start(claude, '[[bash sh -c "sleep 605; true"]] [[say done]]', {
      limits: { interruptMs: 60_000 },
    });
    await run.runs(/^sleep 605$/);
    run.actor.send({ type: 'task.cancel' });
    const { outcome, evidence, cleanup } = await run.ends();
    expect(outcome).toEqual({ kind: 'cancelled', reason: 'cancelled' });
    expect(evidence.exit?.signal).toBeNull();
    expect(evidence.result?.totalCostUsd).toBeCloseTo(chargedUsd(claude.api), 9);
    expect(cleanup?.killed.map((killed) => killed.command)).not.toContain('sleep 605');

    const resume = evidence.result?.sessionId ?? '';
    const next = await start(claude, '[[say and on]]', { resume }).ends();
    expect(next.outcome).toEqual({ kind: 'succeeded', reply: 'and on' });
  });
});

describe('the real CLI and its limits of time', () => {
  it('may take longer than the limit of silence while it speaks, and may not hang', async () => {
    const claude = await claudeHome();
    const words = Array.from({ length: 80 }, (_, index) => `w${index}`).join(' ');
    const speaking = start(claude, `[[drip 100 ${words}]]`, { stopTheClock: true });
    for (let times = 0; times < 4; times += 1) {
      const before = speaking.texts.length;
      await vi.waitFor(() => expect(speaking.texts.length).toBeGreaterThan(before), 30_000);
      speaking.pass(defaultTaskLimits.silenceMs / 2);
    }
    expect((await speaking.ends()).outcome).toEqual({ kind: 'succeeded', reply: words });

    const hanging = start(claude, '[[hang]]', { stopTheClock: true });
    await vi.waitFor(() => expect(claude.api.requests).toHaveLength(2), 30_000);
    hanging.pass(defaultTaskLimits.silenceMs);
    expect((await hanging.ends()).outcome.kind).toBe('no-output');
  });

  it("may be silent for as long as its Bash tool's own limit allows, and no longer", async () => {
    const claude = await claudeHome();
    const timeout = 600_000;
    const input = JSON.stringify({ command: untilFile(claude), timeout });
    const begin = async () => {
      const limits = { runMs: 3_600_000 };
      const run = start(claude, `[[tool Bash ${input}]] [[say waited]]`, { stopTheClock: true, limits });
      await run.runs(/^sleep 0.1$/);
      return run;
    };
    const run = await begin();
    run.pass(defaultTaskLimits.silenceMs + timeout - 1_000);
    go(claude);
    expect((await run.ends()).outcome).toEqual({ kind: 'succeeded', reply: 'waited' });

    rmSync(join(claude.home, 'go'));
    const longer = await begin();
    longer.pass(defaultTaskLimits.silenceMs + timeout);
    expect((await longer.ends()).outcome.kind).toBe('no-output');
  });

  it('asks the service again by itself, which is progress', async () => {
    const claude = await claudeHome();
    const run = start(claude, '[[fail 500 2 oops]] [[say recovered]]');
    const { outcome, transcript } = await run.ends();
    expect(outcome).toEqual({ kind: 'succeeded', reply: 'recovered' });
    expect(run.progress).toContain('waiting for the API (retry 1 of 10, server error 500)');
    expect(transcript.filter(({ kind }) => kind === 'noted')).toHaveLength(2);
    expect(claude.api.requests.map(({ status }) => status)).toEqual([500, 500, 200]);
  });
});

describe('the real CLI, refused by its service', () => {
  it.each([
    ['[[fail 400 99 bad words]]', 'invalid-request', /bad words/],
    ['[[fail 402 99 no credit]]', 'out-of-credit', /credit/],
    ['[[fail 403 99 not you]]', 'not-logged-in', /not logged in: .*not you/],
    ['[[fail 404 99 no such model]]', 'invalid-request', /model/],
    ['[[limit 429 99 3600 too much]]', 'rate-limited', /too much/],
    ['[[fail 529 99 overloaded]]', 'overloaded', /529/],
  ] as const)('%s is %s', async (prompt, kind, reason) => {
    const claude = await claudeHome();
    const { outcome } = await start(claude, prompt).ends();
    expect(outcome).toMatchObject({ kind, reason: expect.stringMatching(reason) as unknown });
  });

  it('says when the limit of a subscription resets', async () => {
    const claude = await claudeHome({ login: 'subscription' });
    const run = start(claude, '[[limit 429 99 3600 too much]]');
    const { outcome, transcript } = await run.ends();
    const resetsAt = 'resetsAt' in outcome ? (outcome.resetsAt ?? 0) : 0;
    expect(outcome.kind).toBe('rate-limited');
    expect(Math.abs(resetsAt - Date.now() - 3_600_000)).toBeLessThan(60_000);
    // The transcript holds all that came; progress is the last of what came at once.
    expect(transcript).toContainEqual(
      expect.objectContaining({ text: expect.stringContaining('at the rate limit until 20') as unknown }),
    );
  });

  it('says that it is not logged in', async () => {
    const claude = await claudeHome({ login: 'none' });
    const { outcome } = await start(claude, '[[say hello]]').ends();
    expect(outcome).toEqual({
      kind: 'not-logged-in',
      reason: 'the agent is not logged in: Not logged in · Please run /login',
    });
    expect(claude.api.requests).toEqual([]);
  });

  it('stops at the budget of its run', async () => {
    const claude = await claudeHome();
    const run = start(claude, '[[bash echo 1]] [[bash echo 2]] [[say done]]', {
      settings: { maxBudgetUsd: 0.001 },
    });
    expect((await run.ends()).outcome.kind).toBe('over-budget');
    expect(claude.api.requests).toHaveLength(1);
  });
});
