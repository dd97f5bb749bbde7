import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { createActor, fromPromise, toPromise } from 'xstate';
import { createAgentProcess } from '../../actors/tasks/agent-process.ts';
import { createTerminate } from '../../actors/tasks/run-steps.ts';
import { agentRunMachine } from '../../machines/agent-run/machine.ts';
import { followUpsMachine } from '../../machines/follow-ups/machine.ts';
import type { DraftsmanDeps } from '../../src/drafter/deps.ts';
import type { DraftRuns } from '../../src/drafter/draft-runs.ts';
import type { FollowUp, FollowUpQuery } from '../../src/tasks/run/follow-ups.ts';
import { defaultTaskLimits } from '../../src/tasks/run/limits.ts';
import { outcomeOf } from '../../src/tasks/run/outcome.ts';
import { claudeAt, fakeTask } from '../helpers/agent-fixtures.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { drafted, draftRig, hashOf } from '../drafter/draft-rig.ts';
import { noSandbox } from '../drafter/sandbox-rig.ts';
import { chargedUsd, type ClaudeHome, type ClaudeHomeOptions, createClaudeHome } from './claude-home.ts';
import { claudeVersion } from './fetch-claude.ts';

leakGuard({ withinMs: 15_000 });
const homes: ClaudeHome[] = [];
afterEach(async () => {
  for (const home of homes.splice(0)) await home.remove();
});

/** Runs the real CLI as a task does, with everything real except the rows. */
function runClaude(path: string, env: Record<string, string>) {
  return ({ runs }: { runs: DraftRuns }): DraftsmanDeps['runTask'] =>
    async ({ source, prompt }) => {
      const run = runs.of({ source });
      if (typeof run !== 'object') throw new Error('the draft is over');
      const machine = agentRunMachine.provide({
        actors: {
          agentProcess: createAgentProcess({
            folder: () => '/nonexistent',
            env,
            cwd: run.cwd,
            settings: () => run.settings,
            enclose: run.enter,
          }),
          terminate: createTerminate(),
          noteProcess: fromPromise(() => Promise.resolve(undefined)),
          followUps: followUpsMachine.provide({
            actors: { takeFollowUps: fromPromise<FollowUp[], FollowUpQuery>(() => Promise.resolve([])) },
          }),
        },
        actions: {
          announceEntries: () => {},
          announceText: () => {},
          announceProgress: () => {},
          announceQuiet: () => {},
        },
      });
      const request = {
        task: fakeTask({ source, prompt, lineage: { depth: 0, trust: 'owner' } }),
        agent: claudeAt(path, claudeVersion),
        ...{ memories: [], degraded: null, withoutMemories: null, resume: null },
      };
      const actor = createActor(machine, { input: { request, limits: defaultTaskLimits, steers: [] } });
      const output = toPromise(actor);
      actor.start();
      const { evidence } = await output;
      const outcome = outcomeOf(evidence);
      return {
        taskId: 1,
        state: outcome.kind === 'succeeded' ? 'done' : 'failed',
        outcome: outcome.kind,
        reply: outcome.kind === 'succeeded' ? outcome.reply : '',
        reason: outcome.kind === 'succeeded' ? null : outcome.reason,
        costUsd: evidence.result?.totalCostUsd ?? 0,
      };
    };
}

async function setUp(options: ClaudeHomeOptions = {}) {
  const claude = await createClaudeHome(options);
  homes.push(claude);
  const rig = draftRig({
    agentPath: claude.path,
    env: claude.env,
    runTask: runClaude(claude.path, claude.env),
  });
  return { claude, rig };
}

const tool = (name: string, input: object) => `[[tool ${name} ${JSON.stringify(input)}]]`;

describe.skipIf(noSandbox !== undefined)('the real CLI in the sandbox of a draft', () => {
  it('makes a real change by Write, Edit and Bash, and everything else stays as it was', async () => {
    const { claude, rig } = await setUp();
    const before = [rig.repository, rig.paths.home].map(hashOf);
    const at = (name: string) => `/draft/repository/${name}`;
    const text = [
      tool('Write', {
        file_path: at('test/name.test.sh'),
        content: '[ "$(sh greet.sh Ada)" = "hello Ada" ]\n',
      }),
      tool('Read', { file_path: at('greet.sh') }),
      tool('Edit', { file_path: at('greet.sh'), old_string: 'echo hello', new_string: 'echo hello $1' }),
      tool('Bash', { command: 'sh greet.sh Ada > greeted.txt && make test', description: 'try it' }),
      '[[say It greets by name now.]]',
    ].join(' ');
    const draft = drafted(await rig.draft({ text }));
    expect(draft.files.map(({ path, additions, deletions }) => [path, additions, deletions])).toEqual([
      ['greet.sh', 1, 1],
      ['greeted.txt', 1, 0],
      ['test/name.test.sh', 1, 0],
    ]);
    expect(draft.patch).toContain('+hello Ada');
    expect(draft.summary).toBe('It greets by name now.');
    expect(draft.tests).toMatchObject({
      base: { ran: true, passed: true },
      draft: { ran: true, passed: true },
      own: { ran: true, passed: true },
    });
    expect(draft.costUsd).toBeCloseTo(chargedUsd(claude.api), 6);
    expect([rig.repository, rig.paths.home].map(hashOf)).toEqual(before);
    expect(readdirSync(rig.folder)).toEqual([]);
  });

  it('has no key, no network and no machine around it, and gets its answers all the same', async () => {
    const { claude, rig } = await setUp();
    const look = [
      'env',
      'cat /proc/*/environ | tr "\\0" "\\n"',
      `ls ${rig.paths.home} ${rig.repository} /root /run 2>&1`,
      `curl -sS -m 5 ${claude.api.url} 2>&1 || curl -sS -m 5 -x $HTTPS_PROXY https://example.com 2>&1`,
      'echo looked > looked.txt',
    ].join('; ');
    const text = `${tool('Bash', { command: look, description: 'look' })} [[say done]]`;
    const draft = drafted(await rig.draft({ text }));
    const [shown = ''] = claude.api.requests.at(-1)?.toolResults ?? [];
    expect(shown).toContain('stand-in');
    expect(shown).not.toContain('sk-ant-a-dummy');
    expect(shown).not.toContain('events.fifo');
    expect(draft.files.map(({ path }) => path)).toEqual(['looked.txt']);
  });

  it('is blocked with what to do where it is not logged in, though its owner is', async () => {
    const { rig } = await setUp({ login: 'subscription' });
    expect(await rig.draft({ text: '[[say done]]' })).toMatchObject({
      kind: 'blocked',
      reason: expect.stringContaining('not logged in') as unknown,
      fix: expect.stringContaining('claude setup-token') as unknown,
    });
    expect(readdirSync(rig.folder)).toEqual([]);
  });

  it('is logged in by a token of its own, which it never sees', async () => {
    const claude = await createClaudeHome({ login: 'none' });
    homes.push(claude);
    const rig = draftRig({
      agentPath: claude.path,
      env: claude.env,
      config: { 'drafter.token': 'sk-ant-oat01-of-drafts' },
      runTask: runClaude(claude.path, claude.env),
    });
    const text = `${tool('Bash', { command: 'env > environment.txt', description: 'look' })} [[say done]]`;
    const draft = drafted(await rig.draft({ text }));
    expect(draft.patch).not.toContain('of-drafts');
    expect(claude.api.requests.at(-1)?.login).toBe('sk-ant-oat01-of-drafts');
  });
});
