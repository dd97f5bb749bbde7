import { agentSearchPath } from '../agents/probe.ts';
import type { RecalledMemory } from '../../memory/recall/recall.ts';
import { standingOf } from '../../lib/wire/standing.ts';
import type { ClaimedTask } from '../rows/claim.ts';
import type { AgentSession, AgentSettings } from './agent-settings.ts';
import { agentEnvironment } from './environment.ts';
import { kindOf, type RunnableAgent } from '../agents/kinds.ts';
import { taskMarker } from '../../lib/process/marker.ts';
import { assemblePrompt } from './prompt.ts';

/** What one run needs to know. */
export interface RunRequest {
  task: ClaimedTask;
  agent: RunnableAgent;
  memories: readonly RecalledMemory[];
  /** What served the recall in place of what should have; null where nothing did. */
  degraded: string | null;
  /** Why nothing could be recalled; null where it could. */
  withoutMemories: string | null;
  /** The session to go on with, or null for a new one. */
  resume: string | null;
  /** True where no agent that was started ahead may serve it. Default: one may. */
  isCold?: boolean;
}

/** What is the same for every run. */
export interface LaunchSettings {
  /** The daemon's own environment; the allow-list is applied to it. */
  env: Readonly<Record<string, string | undefined>>;
  settings: AgentSettings;
  /** Further variables of the environment that reach the agent. */
  environment?: readonly string[];
  /** The id of a new session, a UUID. */
  newSessionId: string;
  /** Folder that it works in. */
  cwd: string;
  /** Folder of this run's own for files that the agent reads; made only where it needs one. */
  folder: string;
  /** Told to the agent. Default: nothing is said about the time. */
  now?: Date;
}

/** A process to start, and the first thing to tell it. */
export interface Launch {
  command: string;
  args: string[];
  env: Record<string, string>;
  prompt: string;
}

/** Turns a request into a command line, an environment and a prompt. */
export function launchOf(
  request: RunRequest,
  { env, settings, environment = [], newSessionId, cwd, folder, now }: LaunchSettings,
): Launch {
  const { task, agent, resume } = request;
  const session = sessionOf(task, resume, newSessionId);
  const kind = kindOf(agent);
  const { command, args, env: own } = kind.commandLine(agent, { session, settings, cwd, folder, env });
  return {
    command,
    args,
    env: {
      ...kind.environment,
      ...agentEnvironment(
        { ...env, PATH: agentSearchPath(command, env) },
        taskMarker({ worker: task.worker, taskId: task.id, attempt: task.attempt }),
        { isOwnVariable: (name) => kind.isOwnVariable(name), more: environment },
      ),
      ...own,
    },
    prompt: promptOf(request, now),
  };
}

/** Why the agent of a run is not even started: it could not be held to the settings, or not be told all of the prompt. */
export function whyNotStart(
  { agent }: Pick<RunRequest, 'agent'>,
  settings: AgentSettings,
  prompt: string,
): string | undefined {
  const kind = kindOf(agent);
  const { title, maxPromptChars } = kind;
  const unfit = kind.whyUnfit?.(settings);
  if (unfit !== undefined) return `${title} cannot be held to what this task may do: ${unfit}`;
  if (maxPromptChars !== undefined && prompt.length > maxPromptChars)
    return `${title} takes ${maxPromptChars.toLocaleString('en')} characters, and this message has ${prompt.length.toLocaleString('en')} with what belongs to it`;
  return undefined;
}

/** The first thing to tell the agent of a run. */
export function promptOf(
  { task, agent, memories, degraded, withoutMemories, resume }: RunRequest,
  now?: Date,
): string {
  return assemblePrompt({
    text: task.prompt,
    source: task.source,
    trust: standingOf(task).trust,
    memories,
    degraded,
    withoutMemories,
    cutOff: task.cutOff,
    handover: agent.handover,
    resumes: resume !== null && resume === task.cutOff?.sessionId,
    ...(now && { now }),
  });
}

/** The session that a run goes on with, copies or begins. */
export function sessionOf(
  { forkOf }: ClaimedTask,
  resume: string | null,
  newSessionId: string,
): AgentSession {
  if (resume === null) return { create: newSessionId };
  return forkOf == null ? { resume } : { fork: resume };
}
