import type { ProcessIdentity } from '../../src/lib/process/identity.ts';
import type { TerminationReport } from '../../src/lib/process/kill-family.ts';
import type { RecalledMemory } from '../../src/memory/recall/recall.ts';
import type { UsageByModel } from '../../src/spend/model-usage.ts';
import type { LastWordsMeaning } from '../../src/tasks/agents/agent-kind.ts';
import type { RunnableAgent } from '../../src/tasks/agents/kinds.ts';
import type { ClaimedTask } from '../../src/tasks/rows/claim.ts';
import type { RunRequest } from '../../src/tasks/run/launch.ts';
import type { TaskLimits } from '../../src/tasks/run/limits.ts';
import type { RunEvidence } from '../../src/tasks/run/outcome.ts';
import type { AgentResult, ApiError } from '../../src/tasks/run/stream-event.ts';
import type { Transcript, TranscriptEntry } from '../../src/tasks/run/transcript.ts';

/** Input of a run. */
export interface RunInput {
  request: RunRequest;
  limits: TaskLimits;
  /** Words of the owner to the task before this run: the agent hears them when it is there. */
  steers: readonly string[];
}

/** Commands of the task to its run. */
export type RunCommand =
  | { type: 'task.cancel' }
  /** No word came, and the owner wants it tried anew. */
  | { type: 'task.again' }
  /** It takes more memory than is left for it. */
  | { type: 'task.outgrown' }
  /** The daemon stops. */
  | { type: 'task.shutdown' }
  | { type: 'task.steer'; text: string }
  /** Rows were queued; one may belong to this conversation. */
  | { type: 'task.wake' };

/** A queued message of the conversation that was handed to the running agent. */
export interface HandedMessage {
  id: number;
  eventId: number;
  /** The agent has taken it into a turn. */
  taken: boolean;
  /** That turn has come to its end. */
  answered: boolean;
}

/** Output of a run: evidence to judge, the words so far, the deeds, and the end of its processes. */
export interface RunOutput {
  evidence: RunEvidence;
  text: string;
  progress: string;
  transcript: Transcript;
  followUps: readonly HandedMessage[];
  /** The tokens since the last result, by model: what no result accounts for. */
  unbilled: UsageByModel;
  /** True where the CLI ended by itself or on SIGTERM: only then does its session remember what the run has cost. */
  endedItself: boolean;
  /** True where the agent had been started ahead and was gone before a word: it has done nothing. Left out otherwise. */
  lostAhead?: boolean;
  cleanup: TerminationReport | undefined;
  /** Reason for a failed look for survivors. */
  cleanupError: string | undefined;
}

/** News of a run to its task, once at most: what it has come to stands, though its processes have not gone yet. */
export type RunNews = { type: 'run.answered'; output: RunOutput };

/** Commands to the agent's process while it runs. */
export type AgentCommand =
  /** A further message; with an id, `agent.took` tells when the agent has taken it into a turn. */
  | { type: 'agent.steer'; text: string; messageId?: number }
  /** End the turn, and with it what its tools do; its result follows. */
  | { type: 'agent.interrupt' }
  /** Nothing more will be said to it. */
  | { type: 'agent.finish' };

/** News of the agent's process. After `agent.exited` output may still come, until `agent.drained`. */
export type AgentFact =
  /** `ahead`: it was started before the task was known. */
  | { type: 'agent.spawned'; pid: number; identity: ProcessIdentity | undefined; ahead?: boolean }
  /** No process came to be; `code` is the system's, such as ENOENT. Nothing follows. */
  | { type: 'agent.unspawned'; code: string; message: string }
  /** Any output at all; `messages` of it were valid. Until the next it may be silent for `allowanceMs` longer. */
  | { type: 'agent.heard'; messages: number; allowanceMs: number }
  | { type: 'agent.text'; text: string }
  | { type: 'agent.progress'; progress: string }
  | { type: 'agent.noted'; entries: TranscriptEntry[] }
  | { type: 'agent.took'; messageId: number }
  /** The tokens since the last result, by model. */
  | { type: 'agent.spent'; unbilled: UsageByModel }
  /** By an estimate it has cost more than it may, and it does not end by itself. */
  | { type: 'agent.overspent' }
  /** The service behind the agent refused; the agent may go on all the same. */
  | { type: 'agent.refused'; apiError: ApiError }
  /** A limit was hit that lasts until `resetsAt`, in milliseconds since the epoch. */
  | { type: 'agent.limited'; resetsAt: number }
  /** With `provesEnd` it needs no exit to be believed, and no message to the agent is unanswered. */
  | { type: 'agent.result'; result: AgentResult; provesEnd?: boolean }
  /** The background tasks that a result had left are through; a further turn tells of them. */
  | { type: 'agent.caughtUp' }
  /** The output passed its bound; the rest of it is not read. */
  | { type: 'agent.overflowed' }
  | ({ type: 'agent.exited'; code: number | null; signal: string | null } & LastWords)
  /** Standard output has ended: every holder of it is gone. */
  | ({ type: 'agent.drained' } & LastWords);

/** The end of standard error, and what it and the exit status mean. */
export interface LastWords extends LastWordsMeaning {
  stderr: string;
}

/** Input of `noteProcess`: who runs the task, and what it was given. */
export interface ProcessNote {
  task: ClaimedTask;
  agent: RunnableAgent;
  memories: readonly RecalledMemory[];
  identity: ProcessIdentity | undefined;
}

/** Input of `terminate`: whose processes end, `graceMs` milliseconds from TERM to KILL. */
export interface TerminationRequest {
  task: ClaimedTask;
  identity: ProcessIdentity | undefined;
  graceMs: number;
}
