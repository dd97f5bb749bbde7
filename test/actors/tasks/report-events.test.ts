import { expect, it } from 'vitest';
import { reportEvents } from '../../../actors/tasks/report-events.ts';
import type { AgentFact } from '../../../machines/agent-run/protocol.ts';
import type { AgentResult } from '../../../src/tasks/run/stream-event.ts';

it('says who has answered after the last word, also where word and end come at once', () => {
  const result: AgentResult = {
    subtype: 'success',
    isError: false,
    text: 'noted',
    errors: [],
    sessionId: undefined,
    totalCostUsd: 0,
    usage: undefined,
    deniedTools: [],
    staleSession: false,
    apiStatus: undefined,
  };
  const facts: AgentFact[] = [];
  reportEvents(
    [
      { kind: 'text', text: 'not' },
      { kind: 'text', text: 'ed' },
      { kind: 'result', result },
    ],
    { at: 0, awaited: new Map(), isAllRead: true, signature: '\n\n(answered by Codex)' },
    (fact) => facts.push(fact),
  );
  expect(facts.filter(({ type }) => type === 'agent.text' || type === 'agent.result')).toEqual([
    { type: 'agent.text', text: 'noted\n\n(answered by Codex)' },
    expect.objectContaining({ type: 'agent.result', result }),
  ]);
});
