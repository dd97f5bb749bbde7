import { z } from 'zod';
import { readPayload } from '../lib/wire/parse-line.ts';
import type { TurnRow } from './rows/turns.ts';

/** A message of the owner and what came of it. */
export interface ChatTurn {
  /** Rises with time; `before` of the page before. */
  eventId: number;
  conversation: string;
  source: string;
  dedupKey: string | null;
  at: Date;
  text: string;
  /** Names of the files that came with it. */
  files: string[];
  /** `done` `failed` `dropped` `dead`, or the state of its task. */
  state: string;
  /** The reply, or as much as is written (`live` is there then). */
  reply: string;
  live: { stream: string } | null;
  taskId: number | null;
  /** The running task that has taken this message in: what that one says is the reply to both. */
  steeredInto: number | null;
  /** Whether the agent takes further words while it works; null where it does not run, or nobody knows yet. */
  hears: boolean | null;
  reason: string | null;
  progress: string | null;
  endedAt: Date | null;
  memories: number;
  /** Tools that the agent has called for it. */
  calls: number;
  costUsd: number;
  /** True where the agent tells no cost. */
  costIsEstimated: boolean;
  /** Who answers; null where no agent does, or none has begun. */
  agent: string | null;
  /** Why it stands in for another one. */
  instead: string | null;
}

interface AgentWays {
  /** It takes further words while it works. */
  hears: boolean;
  /** It tells what a run has cost. */
  tellsCost: boolean;
}

/** What rows do not say of running tasks and of agents. */
export interface LiveTasks {
  /** The reply of a running task as far as it is written. */
  replyOf: (taskId: number) => { stream: string; text: string } | undefined;
  /** What an agent of this kind does; undefined where nobody knows. */
  agentWays: (kind: string) => AgentWays | undefined;
}

/** A turn as the chat shows it, with as much of its reply as is written by now. */
export function turnOf(row: TurnRow, { replyOf, agentWays }: LiveTasks): ChatTurn {
  const state = row.state ?? row.status;
  const ways = row.agent === null ? undefined : agentWays(row.agent);
  const reply = state === 'running' && row.taskId !== null ? replyOf(row.taskId) : undefined;
  return {
    eventId: row.eventId,
    conversation: row.conversation,
    source: row.source,
    dedupKey: row.dedupKey,
    at: row.receivedAt,
    ...saidIn(row.payload),
    state,
    reply: reply?.text ?? row.taskReply ?? row.eventReply ?? '',
    live: reply === undefined ? null : { stream: reply.stream },
    taskId: row.taskId,
    steeredInto: row.steeredInto,
    hears: state === 'running' ? (ways?.hears ?? null) : null,
    reason: row.taskReason ?? row.eventReason,
    progress: row.progress,
    endedAt: row.taskId === null ? row.receivedAt : row.finishedAt,
    memories: row.memories ?? 0,
    calls: row.calls ?? 0,
    costUsd: row.costUsd ?? 0,
    costIsEstimated: ways?.tellsCost === false,
    agent: row.agent,
    instead: row.instead,
  };
}

const said = z.object({ said: z.string(), files: z.array(z.object({ name: z.string() })) });

/** The owner's own words, without what was put beside them for the agent. */
export function saidIn(payload: string): Pick<ChatTurn, 'text' | 'files'> {
  const { text } = readPayload(payload);
  if (!payload.startsWith('{')) return { text, files: [] };
  try {
    const found = said.parse((JSON.parse(payload) as { attached?: unknown }).attached);
    return { text: found.said, files: found.files.map(({ name }) => name) };
  } catch {
    return { text, files: [] };
  }
}
