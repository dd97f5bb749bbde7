import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { currentRow } from '../../src/lib/process/identity.ts';
import { findMarked } from '../../src/lib/process/find-marked.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { type ClaudeHome, createClaudeHome } from './claude-home.ts';
import { type ClaudeRunOptions, startClaudeRun } from './claude-run.ts';

// What the CLI does that a daemon must not fall for; see each title.
const guard = leakGuard({ withinMs: 15_000 });
const homes: ClaudeHome[] = [];
afterEach(async () => {
  for (const home of homes.splice(0)) await home.remove();
});

async function claudeHome(): Promise<ClaudeHome> {
  const home = await createClaudeHome();
  homes.push(home);
  return home;
}

function start(claude: ClaudeHome, prompt: string, options?: ClaudeRunOptions) {
  const run = startClaudeRun(claude, prompt, options);
  guard.watch(run.marker);
  return run;
}

type Run = ReturnType<typeof start>;

function pidOf({ actor }: Run): number {
  const { identity } = actor.getSnapshot().context;
  if (identity === undefined) throw new Error('claude is not there');
  return identity.pid;
}

async function pidOfCommand({ marker }: Run, command: string): Promise<number> {
  const [name = '', value = ''] = marker.split('=');
  const found = (await findMarked(name, value)).find((process) => process.command === command);
  if (found === undefined) throw new Error(`${command} is not there`);
  return found.identity.pid;
}

describe('the real CLI, signalled by somebody else', () => {
  it('dies by KILL of its group without its Bash tool, which has a session of its own: we end that', async () => {
    const claude = await claudeHome();
    const run = start(claude, `[[bash sh -c "sleep 621; true"]] [[say done]]`);
    await run.runs(/^sleep 621$/);
    const [pid, tool] = [pidOf(run), await pidOfCommand(run, 'sleep 621')];
    expect(currentRow(pid)).toMatchObject({ pgid: pid, sid: pid });
    expect(currentRow(tool)?.sid).not.toBe(pid);
    expect(currentRow(tool)?.pgid).not.toBe(pid);
    process.kill(-pid, 'SIGKILL');
    const { outcome } = await run.ends();
    expect(outcome).toMatchObject({ kind: 'crashed', reason: 'the agent was killed by SIGKILL' });
  });

  it('exits 143 on TERM, whatever it has said by then: it has crashed', async () => {
    const claude = await claudeHome();
    const run = start(claude, `[[drip 200 a whole answer it seems${' and more'.repeat(500)}]]`);
    await vi.waitFor(() => expect(run.texts.join('')).toContain('a whole'), 30_000);
    process.kill(-pidOf(run), 'SIGTERM');
    const { outcome, evidence } = await run.ends();
    expect(evidence.exit).toEqual({ code: 143, signal: null });
    expect(outcome.kind).toBe('crashed');
  });

  it('exits 0 on INT, with a result: that is no success', async () => {
    const claude = await claudeHome();
    const run = start(claude, '[[bash sh -c "sleep 622; true"]] [[say done]]');
    await run.runs(/^sleep 622$/);
    process.kill(-pidOf(run), 'SIGINT');
    const { outcome, evidence } = await run.ends();
    expect(evidence.exit).toEqual({ code: 0, signal: null });
    expect(evidence.result).toMatchObject({ subtype: 'error_during_execution', isError: true });
    expect(outcome.kind).toBe('agent-error');
  });

  it('that is stopped cannot hear the wish to cancel, and is ended all the same', async () => {
    const claude = await claudeHome();
    const limits = { interruptMs: 500, killGraceMs: 500 };
    const run = start(claude, '[[bash sh -c "sleep 623; true"]] [[say done]]', { limits });
    await run.runs(/^sleep 623$/);
    process.kill(pidOf(run), 'SIGSTOP');
    run.actor.send({ type: 'task.cancel' });
    const { outcome, cleanup } = await run.ends();
    expect(outcome).toEqual({ kind: 'cancelled', reason: 'cancelled' });
    expect(cleanup?.left).toEqual([]);
  });
});

describe('the real CLI, headless', () => {
  it('is offered no tool that waits for a person or works behind our back', async () => {
    const claude = await claudeHome();
    await start(claude, '[[say hello]]').ends();
    const tools = claude.api.requests[0]?.tools ?? [];
    expect(tools).toContain('Bash');
    const hanging =
      'AskUserQuestion EnterPlanMode ExitPlanMode EnterWorktree ExitWorktree CronCreate CronDelete CronList ScheduleWakeup';
    for (const tool of hanging.split(' ')) expect(tools).not.toContain(tool);
  });

  it('has no built-in tool at all where it was given none', async () => {
    const claude = await claudeHome();
    await start(claude, '[[say hello]]', { settings: { tools: [], permissionMode: 'dontAsk' } }).ends();
    expect(claude.api.requests[0]?.tools).toEqual([]);
  });

  it('does not believe that it runs inside another one, and sees none of our secrets, nor do its tools', async () => {
    const claude = await claudeHome();
    Object.assign(claude.env, {
      CLAUDECODE: '1',
      CLAUDE_CODE_PROBE: 'a secret',
      DATABASE_URL: 'postgres://a:secret@127.0.0.1/a',
      DISCORD_TOKEN: 'a secret',
      IMAP_URL: 'imaps://a:secret@127.0.0.1',
    });
    const run = start(claude, `[[bash env; sh -c "sleep 1; true"]] [[say done]]`);
    await run.runs(/^sleep 1$/);
    const own = readFileSync(`/proc/${pidOf(run)}/environ`, 'utf8').split('\0');
    expect(own).toContain(run.marker);
    expect(own.filter((line) => /^CLAUDE_?CODE|secret/.test(line))).toEqual([
      'CLAUDE_CODE_DISABLE_BACKGROUND_TASKS=1',
    ]);
    await run.ends();
    const [shown] = claude.api.requests.at(-1)?.toolResults ?? [];
    expect(shown).toContain(run.marker);
    expect(shown).not.toMatch(/CLAUDE_CODE_PROBE|secret/);
  });

  it('ends its turn at the most turns that it may take', async () => {
    const claude = await claudeHome();
    const run = start(claude, '[[bash echo 1]] [[bash echo 2]] [[say done]]', { settings: { maxTurns: 1 } });
    const { outcome, evidence } = await run.ends();
    expect(evidence.exit).toEqual({ code: 1, signal: null });
    expect(outcome.kind).toBe('max-turns');
  });

  it.skipIf(process.getuid?.() !== 0)('says why it does not run as root without permissions', async () => {
    const claude = await claudeHome();
    const run = start(claude, '[[say hello]]', { settings: { permissionMode: 'bypassPermissions' } });
    const { outcome } = await run.ends();
    expect(outcome).toMatchObject({ kind: 'crashed', reason: expect.stringMatching(/root/) as unknown });
  });
});
