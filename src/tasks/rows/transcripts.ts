import type { Transcript, TranscriptEntry } from '../run/transcript.ts';
import { storable } from '../../lib/store/storable.ts';
import type { Store } from '../../lib/store/store.ts';

/** The transcript of one attempt as it is stored: beginning and end in one list, `omitted` entries between them. */
export interface StoredTranscript {
  attempt: number;
  recordedAt: Date;
  entries: TranscriptEntry[];
  omitted: number;
}

/** An attempt whose transcript is to be kept. */
export interface TranscriptRecord {
  task: { id: number; attempt: number };
  transcript: Transcript;
  now: Date;
}

/** Stores what an attempt did; a second time, or an attempt whose number came back after a shutdown, replaces it. */
export async function keepTranscript(
  store: Pick<Store, 'query'>,
  { task, transcript: { head, tail, omitted }, now }: TranscriptRecord,
): Promise<void> {
  const entries = [...head, ...tail];
  if (entries.length === 0) return;
  await store.query({
    name: 'transcripts-keep',
    text: `INSERT INTO task_transcripts (task_id, attempt, recorded_at, entries, omitted)
           VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (task_id, attempt)
           DO UPDATE SET recorded_at = $3, entries = EXCLUDED.entries, omitted = EXCLUDED.omitted`,
    values: [task.id, task.attempt, now, JSON.stringify(storable(entries)), omitted],
  });
}

/** The transcripts of a task's attempts, first to last. */
export async function findTranscripts(
  store: Pick<Store, 'query'>,
  taskId: number,
): Promise<StoredTranscript[]> {
  const { rows } = await store.query<StoredTranscript>({
    name: 'transcripts-find',
    text: `SELECT attempt, recorded_at AS "recordedAt", entries, omitted FROM task_transcripts
            WHERE task_id = $1 ORDER BY attempt`,
    values: [taskId],
  });
  return rows;
}

/** Removes what was recorded before that time, at most 1,000 at once; returns how many went. */
export async function pruneTranscripts(store: Pick<Store, 'query'>, before: Date): Promise<number> {
  const { rowCount } = await store.query({
    name: 'transcripts-prune',
    text: `DELETE FROM task_transcripts WHERE (task_id, attempt) IN (
             SELECT task_id, attempt FROM task_transcripts WHERE recorded_at < $1 ORDER BY recorded_at LIMIT 1000)`,
    values: [before],
  });
  return rowCount ?? 0;
}
