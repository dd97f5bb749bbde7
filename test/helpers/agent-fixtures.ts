import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { RunnableAgent } from '../../src/lib/agent/launch.ts';
import { defaultTaskLimits, type TaskLimits } from '../../src/lib/agent/limits.ts';
import type { ClaimedTask } from '../../src/lib/store/tasks/claim.ts';

/** A fake agent of test/fixtures/agents, by file name. */
export function fakeAgent(name: string): RunnableAgent {
  const path = fileURLToPath(new URL(`../fixtures/agents/${name}`, import.meta.url));
  return { kind: 'claude', path, version: 'fake' };
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
