import { describe, expect, it } from 'vitest';
import type { TurnRow } from '../../src/chat/rows/turns.ts';
import { turnOf } from '../../src/chat/turn.ts';
import { agentWays, agentOf } from '../../src/tasks/agents/known-kind.ts';

const row: TurnRow = {
  eventId: 1,
  conversation: 'garden',
  source: 'dashboard',
  dedupKey: null,
  receivedAt: new Date(0),
  payload: 'water it',
  status: 'task',
  eventReason: null,
  eventReply: null,
  taskId: 7,
  steeredInto: null,
  agent: 'claude',
  instead: null,
  state: 'running',
  taskReason: null,
  taskReply: null,
  progress: null,
  finishedAt: null,
  memories: null,
  calls: null,
  costUsd: null,
};
const hearsOf = (given: Partial<TurnRow>) =>
  turnOf({ ...row, ...given }, { replyOf: () => undefined, agentWays }).hears;

describe('what a reply has cost', () => {
  it('is an estimate where its agent tells none', () => {
    const isEstimated = (agent: string | null) =>
      turnOf({ ...row, agent }, { replyOf: () => undefined, agentWays }).costIsEstimated;
    for (const agent of ['codex', 'gemini']) expect(isEstimated(agent)).toBe(true);
    for (const agent of ['claude', 'opencode', null, 'constructor']) expect(isEstimated(agent)).toBe(false);
  });
});

describe('whether a running reply hears what is said', () => {
  it('is as its agent can, and nobody knows before there is one or after it has ended', () => {
    expect(hearsOf({})).toBe(true);
    for (const agent of ['codex', 'gemini', 'opencode', 'command', 'offline'])
      expect(hearsOf({ agent })).toBe(false);
    expect(hearsOf({ agent: null })).toBe(null);
    expect(hearsOf({ agent: 'an older one' })).toBe(null);
    expect(hearsOf({ agent: 'constructor' })).toBe(null);
    expect(hearsOf({ state: 'done' })).toBe(null);
    expect(hearsOf({ state: 'queued' })).toBe(null);
  });

  it('is read off the row of a task, whatever stands there', () => {
    expect(agentOf({ agent: { kind: 'codex', version: '1' } })?.rules.hears).toBe(false);
    for (const agent of [null, undefined, {}, { kind: 3 }, { kind: 'nobody' }, 'claude'])
      expect(agentOf({ agent })).toBeUndefined();
  });
});
