import { expect, it } from 'vitest';
import { agentForDrafts } from '../../src/drafter/draft-agent.ts';
import type { AgentName } from '../../src/lib/wire/agent-names.ts';
import type { AgentResolution } from '../../src/tasks/agents/resolution.ts';
import { agentDirectory } from '../helpers/agent-directory.ts';

const missing: AgentResolution = {
  kind: 'offline',
  reason: 'there is no claude',
  tried: [],
  entry: { command: 'true', args: [] },
};

function forDrafts(preferred: AgentName, isThere: (name: AgentName) => boolean) {
  const found = (name: AgentName): AgentResolution =>
    isThere(name) ? { kind: name as 'codex', path: `/bin/${name}`, version: '1.0' } : missing;
  return agentForDrafts(agentDirectory((name) => Promise.resolve(found(name)), preferred));
}

it('drafts with the default agent, or with claude where that one cannot be held to the sandbox', async () => {
  expect(await forDrafts('claude', () => true)).toMatchObject({ name: 'claude' });
  for (const name of ['codex', 'gemini', 'opencode'] as const)
    expect(await forDrafts(name, () => true)).toMatchObject({
      name: 'claude',
      agent: { path: '/bin/claude' },
    });
});

it('says why nobody can', async () => {
  expect(await forDrafts('codex', (name) => name === 'codex')).toMatchObject({
    reason: expect.stringMatching(/Codex makes no drafts: .*no key may be; there is no claude$/) as unknown,
  });
});
