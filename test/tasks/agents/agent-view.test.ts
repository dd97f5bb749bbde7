import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { agentView } from '../../../src/tasks/agents/agent-view.ts';
import { createAgentBench } from '../../../src/tasks/agents/bench.ts';
import type { AgentResolution } from '../../../src/tasks/agents/resolution.ts';
import { agentDirectory } from '../../helpers/agent-directory.ts';
import { eventually } from '../../helpers/eventually.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const found: AgentResolution = { kind: 'codex', path: '/bin/codex', version: '1.0' };

function sourcesOf(resolve: () => Promise<AgentResolution>) {
  const bench = createAgentBench();
  return {
    bench,
    sources: {
      agents: agentDirectory(resolve, 'codex'),
      agentBench: bench,
      agentFallback: () => 'claude' as const,
      agentSurroundings: { home: '/nonexistent', env: { OPENAI_API_KEY: 'k' } },
    },
  };
}

const failure = { kind: 'rate-limited', reason: 'at its limit', at: new Date(0), taskId: 7, overAt: null };

it('says where an agent was found, how it is logged in, what it can, and how it failed last', async () => {
  const { sources, bench } = sourcesOf(() => Promise.resolve(found));
  const resetsAt = Date.now() + 3_600_000;
  bench.note('codex', { kind: 'rate-limited', reason: 'at its limit', resetsAt }, 7);
  const over = { ...failure, overAt: new Date(1) };
  const view = await agentView(sources, 'codex', { failures: [failure, over], onFound: vi.fn() });
  expect(view).toMatchObject({
    ...{ title: 'Codex', isDefault: true, isFallback: false, isLooking: false, isFound: true },
    ...{ path: '/bin/codex', version: '1.0', login: { state: 'yes' }, can: { resumes: true } },
    ...{ lastFailure: failure, failures: [failure, over], restsUntil: new Date(resetsAt) },
  });
  bench.note('codex', { kind: 'succeeded', reply: 'x' });
  const later = await agentView(sources, 'codex', { failures: [over], onFound: vi.fn() });
  expect(later).toMatchObject({ lastFailure: null, failures: [over], restsUntil: null });
});

it('does not wait for one that takes long to be found, and tells when it is', async () => {
  let tell: (found: AgentResolution) => void = () => {};
  const looked = new Promise<AgentResolution>((resolve) => (tell = resolve));
  const onFound = vi.fn();
  const asked = agentView(sourcesOf(() => looked).sources, 'codex', { failures: [], onFound });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await asked).toMatchObject({ isLooking: true, isFound: false, path: null, install: null });
  expect(onFound).not.toHaveBeenCalled();
  tell(found);
  await eventually(() => expect(onFound).toHaveBeenCalledOnce());
});
