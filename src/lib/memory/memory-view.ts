import type { MemoryView } from '../dashboard/protocol/knowledge.ts';
import type { MemoryRow } from '../store/memories/memories.ts';

/** A memory's row as people and programs see it. */
export function memoryView(row: MemoryRow): MemoryView {
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    content: row.content,
    source: row.source,
    trust: row.trust,
    importance: row.importance,
    tags: row.tags,
    pinned: row.pinned,
    seenCount: row.seen_count,
    recallCount: row.recall_count,
    createdAt: row.created_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    lastRecalledAt: row.last_recalled_at?.toISOString() ?? null,
    eventId: row.event_id,
    taskId: row.task_id,
    part:
      row.document_id === null || row.chunk === null ? null : { document: row.document_id, chunk: row.chunk },
  };
}
