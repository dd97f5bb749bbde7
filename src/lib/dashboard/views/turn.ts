import type { TurnRow } from '../../store/chat/turns.ts';
import { readPayload } from '../../wire/parse-line.ts';
import type { LiveReplies } from '../feeds/live-replies.ts';
import type { ChatTurn } from '../protocol/answers.ts';

/** A turn as the chat shows it, with what is written of its reply by now. */
export function turnView(row: TurnRow, live: Pick<LiveReplies, 'of'>): ChatTurn {
  const state = row.state ?? row.status;
  const reply = state === 'running' && row.task_id !== null ? live.of(row.task_id) : undefined;
  const endedAt = row.task_id === null ? row.received_at : row.finished_at;
  return {
    eventId: row.event_id,
    conversation: row.conversation,
    source: row.source,
    dedupKey: row.dedup_key,
    at: row.received_at.toISOString(),
    text: readPayload(row.payload).text,
    state,
    reply: reply?.text ?? row.task_reply ?? row.event_reply ?? '',
    live: reply === undefined ? null : { stream: reply.stream },
    taskId: row.task_id,
    reason: row.task_reason ?? row.event_reason,
    progress: row.progress,
    endedAt: endedAt?.toISOString() ?? null,
    memories: row.memories ?? 0,
    costUsd: row.cost_usd ?? 0,
  };
}
