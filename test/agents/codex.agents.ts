import { afterEach, describe, expect, it } from 'vitest';
import { leakGuard } from '../helpers/leak-guard.ts';
import { type AgentHome, agentPath, createAgentHome } from './agent-home.ts';
import { ownersSettings, startAgentRun } from './agent-run.ts';
import { describeAgent } from './suite.ts';

describeAgent('codex', {
  streams: false,
  counts: 'session',
  endings: {
    400: 'invalid-request',
    401: 'not-logged-in',
    429: 'rate-limited',
    500: 'overloaded',
    cut: 'overloaded',
    refused: 'silence',
  },
  looking: ['request_user_input', 'view_image'],
  untrusted: ['request_user_input'],
  patienceMs: 15_000,
  staleId: '01a2b3c4-0000-7000-8000-000000000000',
});

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

describe.skipIf(agentPath('codex') === undefined)('the real Codex CLI', () => {
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

  it('is refused what it could not be held to', async () => {
    const home = await codexHome();
    const denied = { ...ownersSettings, disallowedTools: ['Bash(git push:*)'] };
    expect((await startAgentRun(home, '[[say one]]', { settings: denied }).ends()).outcome).toMatchObject({
      kind: 'unfit',
      reason: expect.stringContaining('Bash(git push:*)') as string,
    });
    expect(home.api.requests).toEqual([]);
  });
});
