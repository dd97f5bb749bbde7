import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type RunnableAgent, withRules } from '../../src/tasks/agents/kinds.ts';
import { defaultTaskLimits, type TaskLimits } from '../../src/tasks/run/limits.ts';
import type { ClaimedTask } from '../../src/tasks/rows/claim.ts';

/** A program that is to be taken for the CLI. */
export function claudeAt(path: string, version = 'fake'): RunnableAgent {
  return withRules({ kind: 'claude', path, version });
}

/** An offline agent that says nothing. */
export function offlineAgent(): RunnableAgent {
  return withRules({ kind: 'offline', reason: 'none', tried: [], entry: { command: 'true', args: [] } });
}

/** A fake agent of test/fixtures/agents, by file name. */
export function fakeAgent(name: string): RunnableAgent {
  const path = fileURLToPath(new URL(`../fixtures/agents/${name}`, import.meta.url));
  return claudeAt(path);
}

/** A claimed task that no row stands behind; its worker is unique, so that its processes can be told from others'. */
export function fakeTask(changes: Partial<ClaimedTask> = {}): ClaimedTask {
  return {
    id: 1,
    eventId: 1001,
    priority: 3,
    source: 'cli',
    category: 'note',
    conversation: null,
    prompt: 'hello?',
    replyTo: null,
    attempt: 1,
    worker: randomUUID(),
    resume: null,
    ...changes,
  };
}

/** The default limits with shorter graces, for real processes on a busy machine. */
export function quickLimits(changes: Partial<TaskLimits> = {}): TaskLimits {
  return {
    ...defaultTaskLimits,
    resultGraceMs: 300,
    drainMs: 500,
    interruptMs: 300,
    killGraceMs: 300,
    ...changes,
  };
}
