import { describe, expect, it } from 'vitest';
import type { AgentName } from '../../../src/lib/wire/agent-names.ts';
import { createAgentBench } from '../../../src/tasks/agents/bench.ts';
import { chooseAgent, type Choice } from '../../../src/tasks/agents/choose.ts';
import type { AgentResolution } from '../../../src/tasks/agents/resolution.ts';
import type { ClaimedTask } from '../../../src/tasks/rows/claim.ts';
import { agentDirectory } from '../../helpers/agent-directory.ts';
import { fakeTask } from '../../helpers/agent-fixtures.ts';

const found = (kind: 'claude' | 'codex' | 'gemini'): AgentResolution => ({
  kind,
  path: `/bin/${kind}`,
  version: '1.0',
});
const draft = fakeTask({ source: 'drafter:x', wantsAgent: 'codex' });
const missing: AgentResolution = {
  ...{ kind: 'offline', reason: 'there is no such program', tried: [], entry: { command: 'true', args: [] } },
};

interface Setup {
  preferred?: AgentName;
  fallback?: AgentName;
  missing?: readonly AgentName[];
}

function setUp({ preferred = 'claude', fallback, missing: gone = [] }: Setup = {}) {
  const bench = createAgentBench();
  const asked: [string, number][] = [];
  const deps = {
    agents: agentDirectory(
      (name) => Promise.resolve(gone.includes(name) ? missing : found(name as 'claude' | 'codex' | 'gemini')),
      preferred,
    ),
    bench,
    fallback: () => fallback,
    onlyFor: ({ source }: ClaimedTask): AgentName | undefined =>
      source === draft.source ? 'claude' : undefined,
    handoverOf: (conversation: string, before: number) => {
      asked.push([conversation, before]);
      return Promise.resolve({ exchanges: [{ said: 'one?', answered: 'one.' }], omitted: 3 });
    },
  };
  const choose = (task: Partial<ClaimedTask> = {}, more: Partial<Choice> = {}) =>
    chooseAgent(deps, { task: fakeTask(task), reprobe: false, ...more });
  return { bench, choose, asked };
}

const atLimit = { kind: 'rate-limited', reason: 'the plan is at its limit' } as const;

describe('the agent of a task', () => {
  it('is the default one, unless its message, rule or goal asks for another', async () => {
    const { choose } = setUp({ preferred: 'codex' });
    expect(await choose()).toMatchObject({ kind: 'codex' });
    expect(await choose({ wantsAgent: 'claude' })).toMatchObject({ kind: 'claude' });
    const terms = { category: 'goal', model: null, agent: 'claude', budgetUsd: null, timeoutMs: 1 };
    expect(await choose({ terms })).toMatchObject({ kind: 'claude' });
  });

  it('stays that of its conversation, in its session', async () => {
    const { choose, asked } = setUp();
    const chosen = await choose({ conversation: 'garden', resume: 's', sessionAgent: 'codex' });
    expect(chosen).toMatchObject({ kind: 'codex' });
    expect(chosen).not.toHaveProperty('handover');
    expect(asked).toEqual([]);
  });

  it('is told what was said before where another one keeps the session', async () => {
    const { choose, asked } = setUp();
    const task = { id: 9, conversation: 'garden', resume: 's', sessionAgent: 'codex', wantsAgent: 'claude' };
    expect(await choose(task)).toMatchObject({
      kind: 'claude',
      handover: { exchanges: [{ said: 'one?', answered: 'one.' }], omitted: 3 },
    });
    expect(asked).toEqual([['garden', 9]]);
  });

  it('is told so of the conversation that it forks, too', async () => {
    const { choose, asked } = setUp({ preferred: 'codex' });
    await choose({
      conversation: 'plan',
      forkOf: 'garden',
      resume: 's',
      sessionAgent: 'claude',
      wantsAgent: 'codex',
    });
    expect(asked).toEqual([['garden', 1]]);
  });

  it('is told so where the session of its conversation is gone, and where it cannot copy the one to fork', async () => {
    const { choose, asked } = setUp({ preferred: 'gemini' });
    const own = { conversation: 'garden', resume: 's', sessionAgent: 'gemini' };
    expect(await choose(own)).not.toHaveProperty('handover');
    expect(await choose(own, { lostSession: true })).toHaveProperty('handover');
    expect(await choose({ ...own, conversation: 'plan', forkOf: 'garden' })).toHaveProperty('handover');
    const codex = { ...own, sessionAgent: 'codex', wantsAgent: 'codex' };
    expect(await choose({ ...codex, forkOf: 'garden' })).not.toHaveProperty('handover');
    expect(asked.map(([conversation]) => conversation)).toEqual(['garden', 'garden']);
  });

  it('is the fallback where it is missing, which says why', async () => {
    const { choose } = setUp({ fallback: 'codex', missing: ['claude'] });
    expect(await choose()).toMatchObject({
      kind: 'codex',
      instead: 'claude could not: there is no such program',
    });
  });

  it('is the fallback while it is at its limit, and itself again once it has succeeded', async () => {
    const { choose, bench } = setUp({ fallback: 'codex' });
    expect(await choose({}, { gaveUp: atLimit })).toMatchObject({
      kind: 'codex',
      instead: 'Claude Code could not: the plan is at its limit',
    });
    expect(await choose()).toMatchObject({ kind: 'codex' });
    bench.note('claude', { kind: 'succeeded', reply: 'ok' });
    expect(await choose()).toMatchObject({ kind: 'claude' });
  });

  it('is the only one that its sandbox is made for, and nobody stands in', async () => {
    const { choose } = setUp({ preferred: 'codex', fallback: 'codex' });
    expect(await choose(draft)).toMatchObject({ kind: 'claude' });
    expect(await choose(draft, { gaveUp: atLimit })).toMatchObject({ kind: 'claude' });
  });

  it('is tried all the same where there is no fallback, or none that could', async () => {
    const alone = setUp();
    expect(await alone.choose({}, { gaveUp: atLimit })).toMatchObject({ kind: 'claude' });
    const both = setUp({ fallback: 'codex' });
    both.bench.note('codex', atLimit);
    expect(await both.choose({}, { gaveUp: atLimit })).toMatchObject({ kind: 'claude' });
  });

  it('is the offline one only where nobody asked for another by name', async () => {
    const { choose } = setUp({ missing: ['claude', 'codex'] });
    expect(await choose()).toMatchObject({ kind: 'offline' });
    expect(await choose({ wantsAgent: 'codex' })).toMatchObject({
      kind: 'misconfigured',
      reason: 'there is no such program',
    });
  });
});
