import { randomUUID } from 'node:crypto';
import type { AgentChild } from '../../actors/tasks/agent-child.ts';
import type { TakenAgent } from '../../actors/tasks/agent-process.ts';
import { ConflictError } from '../lib/errors.ts';
import { taskMarker } from '../lib/process/marker.ts';
import { HUMAN } from '../lib/wire/priority.ts';
import { standingOf } from '../lib/wire/standing.ts';
import type { Services } from '../services.ts';
import { toolEnvironmentLine } from '../tasks/agents/claude/arguments.ts';
import type { RunRequest } from '../tasks/run/launch.ts';
import type { ClaimedTask } from '../tasks/rows/claim.ts';
import { noteClaim } from '../tasks/rows/note-process.ts';
import type { Standby } from '../tasks/standby/desk.ts';
import { shapeOf } from '../tasks/standby/shape.ts';
import { launchTerms } from './run-terms.ts';

/**
 * Takes the agent that was started ahead for a run of the owner's, where it fits. Its tools carry the mark of the task from
 * then on, the agent itself and its server that which it was born with.
 */
export function createTakeAhead(services: Services): (request: RunRequest) => TakenAgent | undefined {
  const { standby, strays } = services;
  return (request) => {
    const { task } = request;
    if (!mayTake(services, request)) return undefined;
    const taken = standby.claim(task, () => shapeOf(request, launchTerms(services, request)));
    if (taken === undefined) return undefined;
    const own = { worker: task.worker, taskId: task.id, attempt: task.attempt };
    // What it started before was the CLI's own doing: only from now on do strays belong to it.
    for (const mark of [taken.mark, own]) strays.begin(mark);
    const { name, value } = taskMarker(own);
    return {
      child: taken.agent,
      identity: taken.identity,
      preface: toolEnvironmentLine(randomUUID(), { [name]: value }),
      bound: bind(services, task, taken),
    };
  };
}

/** The owner's own words, and no cap on them: such a run is like the one that was thought of when the agent was started. */
function mayTake({ ledger }: Services, { task, agent, isCold = false }: RunRequest): boolean {
  return (
    !isCold &&
    agent.kind === 'claude' &&
    task.priority === HUMAN &&
    standingOf(task).trust === 'owner' &&
    task.lineage == null &&
    task.terms === undefined &&
    ledger.promiseOf(task) === undefined
  );
}

/** From then on the next start finds the agent by the row, and its server may act for the task. */
async function bind({ database }: Services, task: ClaimedTask, taken: Standby<AgentChild>): Promise<void> {
  const { identity, mark } = taken;
  const isOurs = identity !== undefined && (await noteClaim(database.store, task, { ...identity, mark }));
  if (!isOurs) throw new ConflictError(`task ${task.id} is not this daemon's to run any more`);
  taken.bind(task);
}
