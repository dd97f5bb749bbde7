import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cliKinds } from '../../src/tasks/agents/kinds.ts';
import {
  permissionFor,
  defaultPermissions,
  permissionSettings,
} from '../../src/tasks/permissions/permission.ts';
import type { FailureKind } from '../../src/tasks/run/outcome.ts';
import { defaultTaskLimits } from '../../src/tasks/run/limits.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { type AgentHome, agentPath, createAgentHome } from './agent-home.ts';
import { type AgentRunOptions, ownersSettings, startAgentRun } from './agent-run.ts';
import { noteFact } from './facts.ts';
import type { AgentName } from './fetch-agents.ts';

/** An end of a run; `silence`: it has none of its own, and the limit of silence ends it. */
export type Ending = FailureKind | 'silence';

export interface Expected {
  /** Pieces of the reply come while it is written. */
  streams: boolean;
  /** What the figures of a resumed run count. */
  counts: 'session' | 'run';
  /** How a run ends whose API fails in this way. */
  endings: Readonly<Record<'400' | '401' | '429' | '500' | 'cut' | 'refused', Ending>>;
  /** The tools that the model is shown in a run that may only look, by the CLI's own names. */
  looking: readonly string[];
  /** What permissions may name. Default: whole tools. */
  permissions?: string;
  /** The same for a run about what a stranger has written: at most one that nobody answers. */
  untrusted: readonly string[];
  /** Longer than it is ever silent before its first word, on a busy machine too; in milliseconds. */
  patienceMs: number;
  /** A session that it has never had. */
  staleId: string;
}

/** What holds for each CLI, tried with the real one against its API on loopback, and told in the table. */
export function describeAgent(name: AgentName, expected: Expected): void {
  const isThere = agentPath(name) !== undefined && cliKinds[name] !== undefined;
  describe.skipIf(!isThere)(`the real ${name}`, () => {
    const guard = leakGuard({ withinMs: 15_000 });
    let agent: AgentHome;
    beforeAll(async () => {
      agent = await createAgentHome(name);
    });
    afterAll(() => agent.remove());

    function start(prompt: string, options?: AgentRunOptions, at: AgentHome = agent) {
      const run = startAgentRun(at, prompt, options);
      guard.watch(run.marker);
      return run;
    }

    it('answers, and tells its words as it does', async () => {
      const run = start('[[drip 50 one two three four five six]]');
      const { outcome, evidence, transcript } = await run.ends();
      expect(outcome).toEqual({ kind: 'succeeded', reply: 'one two three four five six' });
      expect(run.texts.join('')).toBe('one two three four five six');
      expect(run.texts.length > 1).toBe(expected.streams);
      expect(evidence.exit).toEqual({ code: 0, signal: null });
      expect(transcript.filter(({ kind }) => kind === 'said')).toHaveLength(1);
      noteFact(name, 'A reply', 'yes');
      noteFact(name, 'Words while they are written', expected.streams ? 'yes' : 'no, whole messages');
    });

    it('shows a tool and what it gave back, of which bytes that are no UTF-8 become U+FFFD', async () => {
      // In a file, since not every CLI lets a command hold escapes or substitutions.
      writeFileSync(join(agent.home, 'work', 'bytes'), Buffer.from([0x61, 0xff, 0x62, 0x0a]));
      const run = start('[[bash cat bytes]] [[say done]]');
      const { outcome, transcript } = await run.ends();
      expect(outcome).toEqual({ kind: 'succeeded', reply: 'done' });
      const called = transcript.find(({ kind }) => kind === 'called');
      const returned = transcript.find(({ kind }) => kind === 'returned');
      expect(called).toMatchObject({ input: expect.stringContaining('cat bytes') as unknown });
      expect(returned).toMatchObject({ text: expect.stringContaining('a\uFFFDb') as unknown, failed: false });
      expect(agent.api.requests.at(-1)?.toolResults.at(-1)).toContain('a\uFFFDb');
      noteFact(name, 'A tool, with its result', 'yes');
      noteFact(name, 'Output that is not UTF-8', 'U+FFFD');
    });

    it('goes on in its session, whose figures are of one run or of all, and says when there is none', async () => {
      const first = await start('[[say one]]').ends();
      const resume = first.evidence.result?.sessionId ?? '';
      expect(resume).not.toBe('');
      const before = agent.api.charged();
      const second = await start('[[say two]]', { resume }).ends();
      expect(second.outcome).toEqual({ kind: 'succeeded', reply: 'two' });
      expect(second.evidence.result?.sessionId).toBe(resume);
      const [once, twice] = agent.api.requests.slice(-2);
      expect(twice?.messages).toBeGreaterThan(once?.messages ?? 0);
      const added = agent.api.charged().outputTokens - before.outputTokens;
      const figures = Object.values(
        second.evidence.result?.usage as Record<string, { outputTokens: number }>,
      );
      const told = figures.reduce((sum, { outputTokens }) => sum + outputTokens, 0);
      expect(told > added).toBe(expected.counts === 'session');
      if (expected.counts === 'run') expect(told).toBe(added);
      noteFact(name, 'A resumed conversation', 'yes');
      noteFact(name, 'Usage is of', expected.counts === 'run' ? 'the run' : 'the session');

      const seen = agent.api.requests.length;
      const stale = await start('[[say three]]', { resume: expected.staleId }).ends();
      expect(stale.outcome.kind).toBe('stale-session');
      expect(agent.api.requests).toHaveLength(seen);
      noteFact(name, 'A session that is gone', 'said, begun anew');
    });

    it('is shown the tools that its permissions name, and no other', async () => {
      const of = (trust: 'local' | 'untrusted') =>
        permissionSettings(permissionFor(defaultPermissions[trust], trust));
      const looking = await start('[[bash touch was-here]] [[say done]]', { settings: of('local') }).ends();
      expect(looking.outcome).toMatchObject({ kind: 'succeeded', reply: 'done' });
      expect(agent.api.requests.at(-1)?.tools.toSorted()).toEqual([...expected.looking].sort());
      expect(existsSync(join(agent.home, 'work', 'was-here'))).toBe(false);
      await start('[[say done]]', { settings: of('untrusted') }).ends();
      expect(agent.api.requests.at(-1)?.tools).toEqual(expected.untrusted);
      noteFact(name, 'Permissions', expected.permissions ?? 'whole tools');
    });

    it('takes a prompt of 1 MB, or as much of it as its adapter lets through', async () => {
      const most = cliKinds[name]?.maxPromptChars ?? Infinity;
      const chars = Math.min(1_000_000, most - 1_000);
      const { outcome } = await start(`[[say long]] ${'x'.repeat(chars)}`).ends();
      expect(outcome).toEqual({ kind: 'succeeded', reply: 'long' });
      expect(agent.api.requests.at(-1)?.prompt.length).toBeGreaterThan(chars);
      const said = most.toLocaleString('en');
      if (most !== Infinity) {
        const refused = await start(`[[say long]] ${'x'.repeat(most)}`).ends();
        const reason = expect.stringContaining(said) as unknown;
        expect(refused.outcome).toMatchObject({ kind: 'unfit', reason });
      }
      const seen = chars === 1_000_000 ? 'yes' : `no, ${said} characters at most`;
      noteFact(name, 'A prompt of 1 MB', seen);
    });

    it('is ended where it costs more than it may: by itself, or by an estimate of what it has used', async () => {
      writeFileSync(join(agent.home, 'work', 'page'), 'x'.repeat(20_000));
      const read = '[[bash cat page]] '.repeat(3);
      const of = (maxBudgetUsd: number) => ({ settings: { ...ownersSettings, maxBudgetUsd } });
      const dear = await start(`${read} [[hang]]`, { ...of(0.0001), stopTheClock: true }).ends();
      const isIts = cliKinds[name]?.rules.keepsBudget === true;
      expect(dear.outcome.kind).toBe('over-budget');
      expect(JSON.stringify(dear.outcome).includes('by an estimate')).toBe(!isIts);
      const used = Object.values(dear.unbilled).some(({ inputTokens }) => inputTokens > 0);
      expect(used || dear.evidence.result !== undefined).toBe(true);
      const { outcome } = await start(`${read} [[say read]]`, of(5)).ends();
      expect(outcome).toEqual({ kind: 'succeeded', reply: 'read' });
      noteFact(name, 'A run over its budget', isIts ? 'ends by itself' : 'ended by an estimate');
    });

    it('leaves nothing at the time limit: neither of its shell nor what has detached itself', async () => {
      const seconds = 600 + (process.pid % 100);
      const command = `setsid -f sleep ${seconds}.5; sleep ${seconds}`;
      const run = start(`[[bash ${command}]] [[say done]]`, {
        limits: { silenceMs: 2 * defaultTaskLimits.runMs },
        stopTheClock: true,
      });
      await run.runs(new RegExp(`^sleep ${seconds}\\.5$`));
      await run.runs(new RegExp(`^sleep ${seconds}$`));
      run.pass(defaultTaskLimits.runMs);
      const { outcome, cleanup } = await run.ends();
      expect(outcome.kind).toBe('timed-out');
      expect(cleanup?.left).toEqual([]);
      noteFact(name, 'Left at the time limit, `setsid` too', 'nothing');
    });

    it('is ended by the limit of silence where its API says nothing', async () => {
      const run = start('[[hang]]', { stopTheClock: true });
      const seen = agent.api.requests.length;
      await vi.waitFor(() => expect(agent.api.requests.length).toBeGreaterThan(seen), 60_000);
      run.pass(defaultTaskLimits.silenceMs);
      expect((await run.ends()).outcome.kind).toBe('no-output');
      noteFact(name, 'API: silent', 'the limit of silence');
    });

    it.each(['400', '401', '429', '500', 'cut'] as const)(
      'has an end where its API is: %s',
      async (fault) => {
        const prompt = fault === 'cut' ? '[[cut]]' : `[[fail ${fault} 999 words of the API]]`;
        const seen = agent.api.requests.length;
        const run = start(prompt, { stopTheClock: true });
        if (expected.endings[fault] === 'silence') {
          // It asks again and again, and says nothing of that.
          await vi.waitFor(() => expect(agent.api.requests.length).toBeGreaterThan(seen + 1), 120_000);
          run.pass(defaultTaskLimits.silenceMs);
        }
        await endsAs(fault, run);
      },
    );

    it('has an end where its API is not there', async () => {
      const lost = await createAgentHome(name);
      try {
        await lost.api.close();
        await endsAs('refused', start('[[say never]]', { limits: { silenceMs: expected.patienceMs } }, lost));
      } finally {
        await lost.remove();
      }
    });

    async function endsAs(fault: keyof Expected['endings'], run: ReturnType<typeof start>): Promise<void> {
      const { outcome } = await run.ends();
      const ending = expected.endings[fault];
      expect(outcome).toMatchObject({ kind: ending === 'silence' ? 'no-output' : ending });
      noteFact(name, `API: ${fault}`, ending === 'silence' ? 'the limit of silence' : ending);
    }
  });
}
