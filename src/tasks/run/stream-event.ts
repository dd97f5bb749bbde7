/** What the daemon understands of the agent's stream; everything else is `other` and only shows that it lives. */
export type StreamEvent =
  | { kind: 'init'; sessionId: string | undefined; model: string | undefined }
  /** A piece of the reply as it is written. */
  | { kind: 'text'; text: string }
  /** A tool that is about to be used; its input is still being written. */
  | { kind: 'tool'; name: string }
  /** A whole message of the model: its words, and what it calls. */
  | { kind: 'message'; text: string; calls: ToolCall[]; isReply: boolean; spent?: Spent | undefined }
  /** What a message of the model has cost so far. */
  | { kind: 'spent'; spent: Spent }
  /** The CLI has taken a further line of its input into the conversation; `uuid` is that line's. */
  | { kind: 'took'; uuid: string }
  /** What tools gave back. */
  | { kind: 'tool-results'; results: ToolResult[] }
  | { kind: 'denied'; tool: string; why: string }
  /** The CLI asks the service again by itself; `delayMs` is its pause. Without a network (`isOffline`) some do so for ever. */
  | {
      kind: 'retry';
      attempt: number | undefined;
      of: number | undefined;
      delayMs: number;
      error: ApiError;
      isOffline?: boolean;
    }
  /** Where the owner's plan stands; `resetsAt` is in milliseconds since the epoch. */
  | { kind: 'rate-limit'; status: string; resetsAt: number | undefined; window: string | undefined }
  | { kind: 'compacting' }
  | { kind: 'compacted'; tokensBefore: number | undefined; tokensAfter: number | undefined }
  /** The service refused for good; the CLI's result follows. */
  | { kind: 'api-error'; error: ApiError; text?: string }
  /** Work that goes on beside the turn, such as a command in the background, has begun or is through. */
  | { kind: 'background'; change: 'started' | 'ended'; id: string }
  | { kind: 'result'; result: AgentResult }
  | { kind: 'other' };

/** The tokens of one message of the model, as far as they are known; `id` is missing on a later word about the last one. */
export interface Spent {
  id: string | undefined;
  model: string | undefined;
  /** The tool call of the subagent that the message belongs to; empty for the agent itself. */
  thread: string;
  inputTokens: number | undefined;
  outputTokens: number | undefined;
  cacheReadTokens: number | undefined;
  cacheWriteTokens: number | undefined;
  /** US dollars, where the CLI tells what a message costs. */
  costUsd?: number | undefined;
}

/** A tool and what it is to do. */
export interface ToolCall {
  id: string;
  name: string;
  input: Readonly<Record<string, unknown>>;
}

/** A tool's answer. */
export interface ToolResult {
  id: string;
  isError: boolean;
  text: string;
}

/** Why the service refused: the CLI's own word, such as `rate_limit`, and the HTTP status. */
export interface ApiError {
  name: string | undefined;
  status: number | undefined;
}

/** The line that ends a turn. */
export interface AgentResult {
  /** Not to be trusted alone: a failed login says `success` too. */
  subtype: string;
  isError: boolean;
  /** The whole reply, or the CLI's own error text. */
  text: string;
  errors: string[];
  sessionId: string | undefined;
  /** Estimated US dollars; it accumulates over every run of a resumed session. */
  totalCostUsd: number;
  usage: unknown;
  /** Tools that the permission mode refused; the turn goes on without them. */
  deniedTools: string[];
  /** True when the session to resume is not there (any more). */
  staleSession: boolean;
  /** The HTTP status of the refusal that ended the turn. */
  apiStatus: number | undefined;
  /** True where the CLI says that the turn came to its own end and that no line of its input waits for another one. */
  isComplete?: boolean;
  /** Background tasks that went on when the turn ended: its words are not the answer, a further result brings that. */
  openTasks?: number;
  /** True when the service refused the request as invalid, which may be the fault of the session that it went on with. */
  isInvalid?: boolean;
}
