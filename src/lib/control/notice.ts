import type { NoticeOrigin, NoticeRow } from '../store/notices/notices.ts';

/** Something that the owner should know. */
export interface Notice {
  id: number;
  at: string;
  origin: NoticeOrigin;
  text: string;
  taskId: number | null;
  /** When it was read, or what it said came to its end. */
  seenAt: string | null;
}

/** A stored notice for whoever asks. */
export function noticeView({ id, at, origin, text, task_id: taskId, seen_at: seenAt }: NoticeRow): Notice {
  return { id, at: at.toISOString(), origin, text, taskId, seenAt: seenAt?.toISOString() ?? null };
}
