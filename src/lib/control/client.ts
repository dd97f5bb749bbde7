import { type IncomingMessage, request } from 'node:http';
import type { SettingView } from '../config/live-settings.ts';
import { NinjadError } from '../errors.ts';
import { createGraphClient, type GraphClient } from '../graph/client.ts';
import { createMemoryClient, type MemoryClient } from '../memory/client.ts';
import type { RecallAnswer } from '../recall/requests.ts';
import type { AgentTool } from '../mcp/tools.ts';
import type { CostReport } from '../store/tasks/cost-report.ts';
import { DaemonNotRunningError } from '../wire/write-line.ts';
import type {
  DashboardLink,
  EventSummary,
  Explanation,
  SqlResult,
  TaskCommandResult,
  TaskDetail,
  TaskSummary,
} from './api.ts';
import type { InspectionMessage } from './inspection.ts';
import type { Notice } from './notice.ts';
import type { NoticesSeen } from './requests.ts';
import { splitLines } from './split-lines.ts';
import type { Status } from './status.ts';
import type { TaskTranscript, TranscriptMessage } from './transcript.ts';
import type { WatchMessage } from './watch.ts';

/** Filters of a list; those that are undefined are left out. */
type ListFilter = Readonly<Record<string, string | number | undefined>>;

/**
 * The control API from outside the daemon. A call rejects with `DaemonNotRunningError` when nobody listens, and with
 * a `NinjadError` that carries the daemon's own code and sentence when it refuses.
 */
export interface ControlClient {
  status(): Promise<Status>;
  tasks(filter?: ListFilter): Promise<TaskSummary[]>;
  task(id: string): Promise<TaskDetail>;
  transcript(id: string): Promise<TaskTranscript>;
  /** What a task did and does. Ends after `ended`, or early when the daemon goes away. */
  followTranscript(id: string, signal?: AbortSignal): AsyncGenerator<TranscriptMessage, void, undefined>;
  commandTask(id: string, command: 'cancel' | 'retry' | 'steer', text?: string): Promise<TaskCommandResult>;
  events(filter?: ListFilter): Promise<EventSummary[]>;
  explain(line: string): Promise<Explanation>;
  cost(filter?: ListFilter): Promise<CostReport>;
  notices(filter?: ListFilter): Promise<Notice[]>;
  seeNotices(which: NoticesSeen): Promise<{ unseen: number }>;
  settings(): Promise<SettingView[]>;
  setting(key: string): Promise<SettingView>;
  setSetting(key: string, value: unknown): Promise<SettingView>;
  unsetSetting(key: string): Promise<SettingView>;
  /** A one-time link into the dashboard, after a new token with `renew`. */
  dashboardLink(options: { renew: boolean }): Promise<DashboardLink>;
  /** What happens to the actors, in Stately's form, as long as it is read. */
  inspect(signal?: AbortSignal): AsyncGenerator<InspectionMessage, void, undefined>;
  /** Exchanges the token of a run for a session, once. */
  openAgent(token: string): Promise<{ session: string; taskId: number; tools: AgentTool[] }>;
  /** What a tool of a running task answers. */
  callAgentTool(session: string, tool: AgentTool, input: unknown): Promise<{ text: string }>;
  /** What is remembered about a text, with every candidate and its reasons. See `recallBody` for the query. */
  recall(query: Readonly<Record<string, unknown>>): Promise<RecallAnswer>;
  memories: MemoryClient;
  /** The knowledge graph. */
  graph: GraphClient;
  sql(text: string): Promise<SqlResult[]>;
  /** What happens to the event of this key. Ends after `ended`, or early when the daemon goes away. */
  watch(dedupKey: string, signal?: AbortSignal): AsyncGenerator<WatchMessage, void, undefined>;
}

interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** A client of the daemon that listens on this Unix socket. Nothing is opened before the first call. */
export function createControlClient(socketPath: string): ControlClient {
  const ask = async <Answer>(path: string, call: Call = {}): Promise<Answer> => {
    const response = await open(socketPath, path, call);
    return (await readJson(response)) as Answer;
  };
  async function* stream<Message>(
    path: string,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Message, void, undefined> {
    const response = await open(socketPath, path, { signal });
    for await (const line of splitLines(untilGone(response, signal))) yield JSON.parse(line) as Message;
  }
  async function* download(path: string): AsyncGenerator<Buffer, void, undefined> {
    const response = await open(socketPath, path, {});
    for await (const chunk of untilGone(response, undefined)) yield chunk;
    if (!response.complete) throw cutOff();
  }
  const post = { method: 'POST' } as const;
  const at = (key: string) => `/v1/config/${encodeURIComponent(key)}`;
  return {
    status: () => ask('/v1/status'),
    tasks: (filter) => ask(`/v1/tasks${queryOf(filter)}`),
    task: (id) => ask(`/v1/tasks/${encodeURIComponent(id)}`),
    transcript: (id) => ask(`/v1/tasks/${encodeURIComponent(id)}/transcript`),
    followTranscript: (id, signal) => stream(`/v1/tasks/${encodeURIComponent(id)}/transcript/follow`, signal),
    commandTask: (id, command, text) =>
      ask(
        `/v1/tasks/${encodeURIComponent(id)}/${command}`,
        text === undefined ? post : { ...post, body: { text } },
      ),
    events: (filter) => ask(`/v1/events${queryOf(filter)}`),
    explain: (line) => ask('/v1/events/explain', { ...post, body: { line } }),
    cost: (filter) => ask(`/v1/cost${queryOf(filter)}`),
    notices: (filter) => ask(`/v1/notices${queryOf(filter)}`),
    seeNotices: (which) => ask('/v1/notices/seen', { ...post, body: which }),
    settings: () => ask('/v1/config'),
    setting: (key) => ask(at(key)),
    setSetting: (key, value) => ask(at(key), { method: 'PUT', body: { value } }),
    unsetSetting: (key) => ask(at(key), { method: 'DELETE' }),
    dashboardLink: (options) => ask('/v1/dashboard/link', { ...post, body: options }),
    inspect: (signal) => stream('/v1/inspect', signal),
    openAgent: (token) => ask('/v1/agent/open', { ...post, body: { token } }),
    callAgentTool: (session, tool, input) =>
      ask('/v1/agent/call', { ...post, body: { session, tool, input } }),
    recall: (query) => ask('/v1/recall', { method: 'POST', body: query }),
    memories: createMemoryClient({ ask, download }),
    graph: createGraphClient(ask),
    sql: (text) => ask('/v1/sql', { ...post, body: { text } }),
    watch: (dedupKey, signal) => stream(`/v1/watch/${encodeURIComponent(dedupKey)}`, signal),
  };
}

/** What connecting meets where no daemon listens, or one that is just closing. */
const absent: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'ECONNRESET']);

async function open(socketPath: string, path: string, call: Call): Promise<IncomingMessage> {
  const { method = 'GET', body, signal } = call;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = text === undefined ? {} : { 'content-type': 'application/json' };
    // No agent: a kept connection would hold the process open.
    const sent = request(
      { socketPath, path, method, headers, agent: false, ...(signal && { signal }) },
      resolve,
    );
    sent.once('error', (cause) => reject(connectError(socketPath, cause)));
    sent.end(text);
  });
  if (response.statusCode === 200) return response;
  throw await refusalOf(response);
}

function connectError(socketPath: string, cause: NodeJS.ErrnoException): Error {
  if (cause.syscall === 'connect' && absent.has(cause.code ?? ''))
    return new DaemonNotRunningError(socketPath, { cause });
  if (cause.name === 'AbortError') return cause;
  return new NinjadError('CONNECTION_LOST', `the connection to the daemon failed: ${cause.message}`, {
    cause,
  });
}

/** The bytes of a stream up to the end of the daemon; rejects only where the caller itself has had enough. */
async function* untilGone(response: IncomingMessage, signal: AbortSignal | undefined) {
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) yield chunk;
  } catch {
    // Node says ECONNRESET for both.
    signal?.throwIfAborted();
  }
}

async function readJson(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of untilGone(response, undefined)) chunks.push(chunk);
  if (!response.complete) throw cutOff();
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const start = text.slice(0, 200);
    throw new NinjadError('BAD_ANSWER', `the daemon answered with something that is not JSON: ${start}`, {
      cause,
    });
  }
}

function cutOff(): NinjadError {
  return new NinjadError('CONNECTION_LOST', 'the daemon went away before its answer was whole');
}

async function refusalOf(response: IncomingMessage): Promise<NinjadError> {
  const answer = (await readJson(response)) as { error?: { code?: unknown; message?: unknown } };
  const { code, message } = answer.error ?? {};
  return new NinjadError(
    typeof code === 'string' ? code : 'INTERNAL',
    typeof message === 'string'
      ? message
      : `the daemon answered with HTTP status ${String(response.statusCode)}`,
  );
}

function queryOf(filter: ListFilter = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? '' : `?${query.toString()}`;
}
