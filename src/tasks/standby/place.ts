import { standbyTaskId } from '../../lib/process/marker.ts';
import type { Store } from '../../lib/store/store.ts';
import { askConversation } from '../../lib/wire/ask-conversation.ts';
import { HUMAN } from '../../lib/wire/priority.ts';
import type { ClaimedTask } from '../rows/claim.ts';
import { isDue } from '../rows/is-due.ts';

/** Why no agent is to be started ahead now. */
export type NotNow = 'a task waits for its turn' | 'a message is being answered';

export interface PlaceQuery {
  /** The owner's last task that was answered; null where none was yet. */
  after: number | null;
  /** UUID of this daemon's journal. */
  worker: string;
  now: Date;
  sessionIdleDays: number;
}

interface PlaceRow {
  waits: boolean;
  isBusy: boolean;
  source: string | null;
  category: string;
  permissionCategory: string | null;
  conversation: string | null;
  sessionId: string | null;
  worksIn: string | null;
}

/**
 * The task that the owner's next message would become, were it written now where the last one was: in that conversation, else
 * in the owner's folder. It is no row's. Or why the answer to that has to wait.
 */
export async function placeOfNext(
  store: Pick<Store, 'query'>,
  { after, worker, now, sessionIdleDays }: PlaceQuery,
): Promise<ClaimedTask | NotNow> {
  const { rows } = await store.query<PlaceRow>({
    name: 'tasks-place-of-next',
    text: `
      SELECT EXISTS (SELECT FROM tasks WHERE state = 'queued' AND NOT in_doubt AND ${isDue('$2')}) AS waits,
             EXISTS (SELECT FROM tasks WHERE state = 'running' AND priority = 0) AS "isBusy",
             task.source, task.category, task.permission_category AS "permissionCategory", here.conversation,
             CASE WHEN own.last_used_at > $2::timestamptz - make_interval(days => $3) AND coalesce(own.agent, 'claude') = 'claude' THEN own.session_id END AS "sessionId",
             own.works_in AS "worksIn"
        FROM (SELECT) AS one LEFT JOIN tasks AS task ON task.id = $1
        -- A question in a terminal begins a conversation; the next one begins another, until somebody goes on with it.
        LEFT JOIN LATERAL (
          SELECT task.conversation WHERE task.conversation !~ $4 OR EXISTS (
            SELECT FROM tasks AS other WHERE other.conversation = task.conversation AND other.id < task.id)
        ) AS here ON true
        LEFT JOIN conversations AS own ON own.id = here.conversation`,
    values: [after, now, sessionIdleDays, askConversation],
  });
  const [row] = rows;
  if (row?.waits === true) return 'a task waits for its turn';
  if (row?.isBusy === true) return 'a message is being answered';
  const known = row?.source == null ? undefined : row;
  return {
    id: standbyTaskId,
    eventId: 0,
    priority: HUMAN,
    source: known?.source ?? 'cli',
    category: known?.category ?? 'ask',
    conversation: known?.conversation ?? null,
    prompt: '',
    replyTo: null,
    attempt: 0,
    worker,
    resume: known?.sessionId ?? null,
    forkOf: null,
    worksIn: known?.worksIn ?? null,
    permissionCategory: known?.permissionCategory ?? null,
    lineage: null,
  };
}
