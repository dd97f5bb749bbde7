import type { Bus } from '../bus.ts';
import type { LiveSettings } from '../config/live-settings.ts';
import { redacted } from '../config/redact.ts';
import { deleteStoredSetting, readStoredSettings, writeStoredSetting } from '../config/stored-settings.ts';
import type { Door } from '../dashboard/door/door.ts';
import { enterLink } from '../dashboard/door/link.ts';
import { createGraphDesk } from '../graph/desk.ts';
import { createMemoryDesk } from '../memory/desk.ts';
import type { AgentDesk } from '../mcp/agent-desk.ts';
import type { Recaller } from '../recall/create-recall.ts';
import { countingRecalls } from '../recall/count-recalled.ts';
import { recallQuery } from '../recall/requests.ts';
import { explainRoute, type RuleBook, route } from '../router/route.ts';
import { recordActivity } from '../store/activity/activity.ts';
import { listEvents } from '../store/events/list-events.ts';
import { runSql } from '../store/run-sql.ts';
import { listNotices, seeNotices } from '../store/notices/notices.ts';
import type { Store } from '../store/store.ts';
import { costReport } from '../store/tasks/cost-report.ts';
import { type AttemptRow, listAttempts } from '../store/tasks/list-attempts.ts';
import { findTask, listTasks, type TaskListRow, type TaskRow } from '../store/tasks/list-tasks.ts';
import { parseLine, readPayload } from '../wire/parse-line.ts';
import { type Priority, priorityName } from '../wire/priority.ts';
import { describeRejection } from '../wire/scan-line.ts';
import type { ControlApi, TaskDetail, TaskSummary } from './api.ts';
import { ConflictError, NotFoundError } from './errors.ts';
import { noticeView } from './notice.ts';
import type { OpenInspection } from './inspection.ts';
import type { Status } from './status.ts';
import { followTranscript, taskTranscript, type TranscriptDeps } from './transcript.ts';
import { watchBus } from './watch.ts';

/** What the task supervisor can be asked to do. */
export interface TaskCommands {
  isRunning(taskId: number): boolean;
  cancel(taskId: number): void;
  retry(taskId: number): void;
  steer(taskId: number, text: string): void;
  /** What a task that runs here has done so far. */
  transcript(taskId: number): ReturnType<TranscriptDeps['live']>;
}

export interface ControlApiDeps {
  store: Store;
  settings: LiveSettings;
  bus: Bus;
  tasks: TaskCommands;
  rules: () => RuleBook;
  agentDesk: AgentDesk;
  recaller: Recaller;
  door: Pick<Door, 'issueCode' | 'renew'>;
  /** Where the dashboard listens, or null. */
  dashboardUrl: () => string | null;
  inspect: OpenInspection;
  status: () => Promise<Status>;
  /** Lines whose acceptance somebody waits for; see `Watchers`. */
  watchKey: (dedupKey: string) => () => void;
  now?: () => Date;
}

/** Whoever asks waits no longer for a recall. */
const recallMs = 10_000;

/** The control API of a running daemon: reads rows, asks the task supervisor, changes settings. */
export function createControlApi(deps: ControlApiDeps): ControlApi {
  const { store, settings, tasks } = deps;
  const now = deps.now ?? (() => new Date());

  const existing = async (id: number): Promise<TaskRow> => {
    const row = await findTask(store, id);
    if (row === undefined) throw new NotFoundError(`there is no task ${id}`);
    return row;
  };

  const recall = countingRecalls(deps.recaller.explain, store, now);
  const transcripts: TranscriptDeps = { store, bus: deps.bus, live: (id) => tasks.transcript(id) };
  const reloadSettings = async (): Promise<void> => {
    settings.applyStored(await readStoredSettings(store));
  };

  return {
    status: deps.status,
    tasks: async (query) => (await listTasks(store, query)).map(taskSummary),
    task: async (id) => taskDetail(await existing(id), await listAttempts(store, id)),
    transcript: (id) => taskTranscript(transcripts, id),
    followTranscript: (id, send) => followTranscript(transcripts, id, send),

    async cancelTask(id) {
      const { state } = await existing(id);
      if (!isOpen(state) && !tasks.isRunning(id))
        throw new ConflictError(`task ${id} has ended: it is ${state}`);
      tasks.cancel(id);
      return {
        taskId: id,
        message: state === 'queued' ? `task ${id} leaves the queue` : `task ${id} is being stopped`,
      };
    },
    async retryTask(id) {
      const { state } = await existing(id);
      if (isOpen(state))
        throw new ConflictError(`task ${id} is ${state}; only an ended one can be tried again`);
      if (state === 'done')
        throw new ConflictError(`task ${id} is done; send its text again to have it done anew`);
      tasks.retry(id);
      return { taskId: id, message: `task ${id} waits in the queue again` };
    },
    async steerTask(id, text) {
      const { state } = await existing(id);
      if (!tasks.isRunning(id)) throw new ConflictError(`task ${id} is not running: it is ${state}`);
      tasks.steer(id, text);
      return { taskId: id, message: `task ${id} gets to read it` };
    },

    events: async (query) =>
      (await listEvents(store, query)).map((row) => ({
        id: row.id,
        priority: priorityName(row.priority as Priority),
        source: row.source,
        category: row.category,
        text: readPayload(row.payload).text.slice(0, 200),
        occurredAt: row.occurred_at.toISOString(),
        receivedAt: row.received_at.toISOString(),
        route: row.route,
        rule: row.rule,
        status: row.status,
        reason: row.reason,
        conversation: row.conversation,
      })),

    explain(line) {
      const parsed = parseLine(line.replace(/\n$/, ''));
      if (!parsed.ok) return Promise.resolve({ accepted: false, reason: describeRejection(parsed.reason) });
      const { event } = parsed;
      const book = deps.rules();
      return Promise.resolve({
        accepted: true,
        priority: priorityName(event.priority),
        lowered: event.lowered,
        source: event.source,
        category: event.category,
        ...route(event, book),
        verdicts: explainRoute(event, book),
      });
    },

    cost: (query) => costReport(store, { ...query, now: now() }),
    notices: async (query) => (await listNotices(store, query)).map(noticeView),
    seeNotices: async (which) => ({ unseen: await seeNotices(store, { ...which, now: now() }) }),

    settings: () => Promise.resolve(settings.views()),
    setting: (key) => Promise.resolve().then(() => settings.view(key)),
    async setSetting(name, value, reason) {
      const checked = settings.check(name, value);
      const { key } = checked;
      await store.transaction(async (tx) => {
        await writeStoredSetting(tx, { ...checked, now: now(), by: 'owner' });
        await recordActivity(tx, {
          at: now(),
          actor: 'owner',
          action: 'config.set',
          summary: `${key} was changed`,
          detail: { key, before: settings.view(key).value, after: redacted(key, checked.value), reason },
        });
      });
      await reloadSettings();
      return settings.view(key);
    },
    async unsetSetting(name, reason) {
      const key = settings.checkUnset(name);
      await store.transaction(async (tx) => {
        await deleteStoredSetting(tx, key);
        await recordActivity(tx, {
          at: now(),
          actor: 'owner',
          action: 'config.unset',
          summary: `${key} was taken back`,
          detail: { key, reason },
        });
      });
      await reloadSettings();
      return settings.view(key);
    },

    async dashboardLink({ renew }) {
      const url = deps.dashboardUrl();
      if (url === null)
        throw new ConflictError('the dashboard is not open; ninjad status says why in dashboard.reason');
      if (renew) {
        deps.door.renew();
        await recordActivity(store, {
          at: now(),
          actor: 'owner',
          action: 'dashboard.token-renewed',
          summary: 'the dashboard got a new token; every session ended',
        });
      }
      const { code, expiresAt } = deps.door.issueCode();
      return { url: enterLink(url, code), expiresAt: new Date(expiresAt).toISOString() };
    },

    inspect: deps.inspect,
    agent: deps.agentDesk,
    recall: (query) => recall(recallQuery(query, AbortSignal.timeout(recallMs))),
    memories: createMemoryDesk({ store, bus: deps.bus, by: 'cli', now }),
    graph: createGraphDesk({ store, now }),
    sql: (text) => runSql(store, text),

    watch(dedupKey, send) {
      const stopWatching = watchBus(deps.bus, dedupKey, send);
      const forget = deps.watchKey(dedupKey);
      return () => {
        stopWatching();
        forget();
      };
    },
  };
}

function isOpen(state: string): boolean {
  return state === 'queued' || state === 'running';
}

/** A task row as lists show it. */
export function taskSummary(row: TaskListRow): TaskSummary {
  return {
    id: row.id,
    eventId: row.event_id,
    state: row.state,
    priority: priorityName(row.priority as Priority),
    source: row.source,
    category: row.category,
    conversation: row.conversation,
    text: row.text,
    outcome: row.outcome,
    reason: row.reason,
    progress: row.progress,
    attempts: row.attempts,
    costUsd: row.cost_usd,
    queuedAt: row.queued_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

function taskDetail(row: TaskRow, attempts: readonly AttemptRow[]): TaskDetail {
  return {
    ...taskSummary(row),
    prompt: row.prompt,
    reply: row.reply,
    replyTo: row.reply_to,
    runAfter: row.run_after.toISOString(),
    agent: row.agent,
    usage: row.usage,
    memories: row.memories,
    history: attempts.map(({ at, cost_usd: costUsd, ...attempt }) => ({
      ...attempt,
      at: at.toISOString(),
      costUsd,
    })),
  };
}
