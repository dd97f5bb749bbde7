import type { MemoryRow } from './rows/memories.ts';

/** A memory as people and programs see it. */
export interface MemoryView {
  id: number;
  kind: string;
  title: string | null;
  content: string;
  source: string;
  trust: string;
  importance: number;
  tags: string[];
  pinned: boolean;
  seenCount: number;
  recallCount: number;
  createdAt: Date;
  lastSeenAt: Date;
  lastRecalledAt: Date | null;
  eventId: number | null;
  taskId: number | null;
  /** Where it is a part of a longer text: which text, and which part from 0. */
  part: { document: number; chunk: number } | null;
}

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
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    lastRecalledAt: row.last_recalled_at,
    eventId: row.event_id,
    taskId: row.task_id,
    part:
      row.document_id === null || row.chunk === null ? null : { document: row.document_id, chunk: row.chunk },
  };
}
