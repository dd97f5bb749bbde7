import { agentSearchPath } from '../process/probe-agent.ts';
import type { RecalledMemory } from '../recall/recall.ts';
import { standingOf } from '../permissions/standing.ts';
import type { ClaimedTask } from '../store/tasks/claim.ts';
import type { AgentSession, AgentSettings } from './arguments.ts';
import { agentEnvironment } from './environment.ts';
import { kindOf, type RunnableAgent } from './kinds/kinds.ts';
import { taskMarker } from './marker.ts';
import { assemblePrompt } from './prompt.ts';

/** What one run needs to know. */
export interface RunRequest {
  task: ClaimedTask;
  agent: RunnableAgent;
  memories: readonly RecalledMemory[];
  /** The session to go on with, or null for a new one. */
  resume: string | null;
}

/** What is the same for every run. */
export interface LaunchSettings {
  /** The daemon's own environment; the allow-list is applied to it. */
  env: Readonly<Record<string, string | undefined>>;
  settings: AgentSettings;
  /** The id of a new session, a UUID. */
  newSessionId: string;
}

/** A process to start, and the first thing to tell it. */
export interface Launch {
  command: string;
  args: string[];
  env: Record<string, string>;
  prompt: string;
}

/** Turns a request into a command line, an environment and a prompt. */
export function launchOf(request: RunRequest, { env, settings, newSessionId }: LaunchSettings): Launch {
  const { task, agent, memories, resume } = request;
  const session = sessionOf(task, resume, newSessionId);
  const { command, args } = kindOf(agent).commandLine(agent, session, settings);
  return {
    command,
    args,
    env: agentEnvironment(
      { ...env, PATH: agentSearchPath(command, env) },
      taskMarker({ worker: task.worker, taskId: task.id, attempt: task.attempt }),
    ),
    prompt: assemblePrompt({
      text: task.prompt,
      source: task.source,
      trust: standingOf(task).trust,
      memories,
    }),
  };
}

function sessionOf({ forkOf }: ClaimedTask, resume: string | null, newSessionId: string): AgentSession {
  if (resume === null) return { create: newSessionId };
  return forkOf == null ? { resume } : { fork: resume };
}
