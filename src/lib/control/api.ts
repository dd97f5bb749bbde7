import type { SettingView } from '../config/live-settings.ts';
import type { GraphDesk } from '../graph/desk.ts';
import type { MemoryDesk } from '../memory/desk.ts';
import type { AgentDesk } from '../mcp/agent-desk.ts';
import type { RuleVerdict } from '../router/route.ts';
import type { CostReport } from '../store/tasks/cost-report.ts';
import type { RecallBody } from '../recall/requests.ts';
import type { RecallReport } from '../recall/report.ts';
import type { PriorityName } from '../wire/priority.ts';
import type { OpenInspection } from './inspection.ts';
import type { Notice } from './notice.ts';
import type { CostQuery, EventQuery, NoticeQuery, NoticesSeen, TaskQuery } from './requests.ts';
import type { Status } from './status.ts';
import type { TaskTranscript, TranscriptMessage } from './transcript.ts';
import type { WatchMessage } from './watch.ts';

/** A task as lists show it. Times are ISO 8601, money US dollars. */
export interface TaskSummary {
  id: number;
  eventId: number;
  state: string;
  priority: PriorityName;
  source: string;
  category: string;
  conversation: string | null;
  /** The first 200 characters of the prompt. */
  text: string;
  outcome: string | null;
  reason: string | null;
  progress: string | null;
  attempts: number;
  costUsd: number;
  queuedAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

/** Everything about one task. */
export interface TaskDetail extends TaskSummary {
  prompt: string;
  reply: string | null;
  replyTo: string | null;
  runAfter: string;
  agent: unknown;
  usage: unknown;
  memories: unknown;
  /** The recorded attempts, first to last. */
  history: AttemptSummary[];
}

/** How one attempt ended. `at` is ISO 8601, money US dollars. */
export interface AttemptSummary {
  attempt: number;
  at: string;
  outcome: string;
  costUsd: number;
  /** What happened and what happens next, in a sentence. */
  summary: string;
}

/** What became of a command to a task. */
export interface TaskCommandResult {
  taskId: number;
  /** One sentence: what happens now. */
  message: string;
}

/** An event as lists show it. Times are ISO 8601. */
export interface EventSummary {
  id: number;
  priority: PriorityName;
  source: string;
  category: string;
  /** The first 200 characters of the payload. */
  text: string;
  occurredAt: string;
  receivedAt: string;
  route: string;
  rule: string;
  status: string;
  reason: string | null;
  conversation: string | null;
}

/** Which rule would take a line, and why; or why the line would be refused. */
export type Explanation =
  | { accepted: false; reason: string }
  | {
      accepted: true;
      priority: PriorityName;
      /** True where the line claims HUMAN and its source may not. */
      lowered: boolean;
      source: string;
      category: string;
      route: string;
      rule: string;
      /** What each rule thought of the line; the last one decided. */
      verdicts: readonly RuleVerdict[];
    };

/** The result of one SQL statement. */
export interface SqlResult {
  /** Postgres' command tag word, such as SELECT. */
  command: string;
  rowCount: number | null;
  columns: readonly string[];
  /** A row is an array of JSON values in the order of `columns`. */
  rows: readonly (readonly unknown[])[];
  /** True where rows were left out to bound the answer. */
  truncated: boolean;
}

/** A link that lets one browser into the dashboard once. */
export interface DashboardLink {
  url: string;
  /** ISO 8601. */
  expiresAt: string;
}

/**
 * What the control server can do; the root provides it. Every call may reject: `UsageError` becomes 400,
 * `NotFoundError` 404, `ConflictError` 409, a refusal by Postgres 422, `StoreAwayError` 503, anything else 500.
 */
export interface ControlApi {
  status(): Promise<Status>;
  /** Newest first. */
  tasks(query: TaskQuery): Promise<TaskSummary[]>;
  task(id: number): Promise<TaskDetail>;
  /** What it did, attempt by attempt, live while it runs. */
  transcript(id: number): Promise<TaskTranscript>;
  /** The same, and what comes, `ended` last; resolves to the function that stops it. */
  followTranscript(id: number, send: (message: TranscriptMessage) => void): Promise<() => void>;
  cancelTask(id: number): Promise<TaskCommandResult>;
  retryTask(id: number): Promise<TaskCommandResult>;
  steerTask(id: number, text: string): Promise<TaskCommandResult>;
  /** Newest first. */
  events(query: EventQuery): Promise<EventSummary[]>;
  explain(line: string): Promise<Explanation>;
  cost(query: CostQuery): Promise<CostReport>;
  /** What the owner was told, newest first. */
  notices(query: NoticeQuery): Promise<Notice[]>;
  seeNotices(which: NoticesSeen): Promise<{ unseen: number }>;
  settings(): Promise<SettingView[]>;
  setting(key: string): Promise<SettingView>;
  /** Stores a value in the `config` table, and who did it why in the activity log; resolves to what is in force then. */
  setSetting(key: string, value: unknown, reason?: string): Promise<SettingView>;
  unsetSetting(key: string, reason?: string): Promise<SettingView>;
  /**
   * A one-time link into the dashboard. With `renew` there is a new token first, and every browser and script that came in
   * under the old one is out. Rejects with a `ConflictError` while the dashboard is not open.
   */
  dashboardLink(options: { renew: boolean }): Promise<DashboardLink>;
  inspect: OpenInspection;
  /** What running tasks ask for through their MCP server. */
  agent: AgentDesk;
  recall(query: RecallBody): Promise<RecallReport>;
  memories: MemoryDesk;
  /** The knowledge graph. */
  graph: GraphDesk;
  /** Runs one or more statements in one transaction. */
  sql(text: string): Promise<SqlResult[]>;
  /**
   * Calls `send` with what happens to the event of this `dedupKey`, `ended` last; returns the function that stops it.
   * The server itself sends `watching` when this has returned.
   */
  watch(dedupKey: string, send: (message: WatchMessage) => void): () => void;
}
