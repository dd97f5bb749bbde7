/** What the daemon understands of the agent's stream; everything else is `other` and only shows that it lives. */
export type StreamEvent =
  | { kind: 'init'; sessionId: string | undefined; model: string | undefined }
  | { kind: 'text'; text: string }
  | { kind: 'tool'; name: string }
  | { kind: 'retry'; attempt: number | undefined }
  | { kind: 'result'; result: AgentResult }
  | { kind: 'other' };

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
}

type Json = Record<string, unknown>;

/** True for the CLI's complaint about a `--resume` id that it does not know. */
export function saysStaleSession(text: string): boolean {
  return text.includes('No conversation found');
}

/**
 * Reads one line of `claude --output-format stream-json`, or undefined when it is no message of the protocol:
 * not a JSON object, or one without a `type`.
 */
export function parseStreamLine(line: string): StreamEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  const message = parseObject(line);
  if (typeof message?.['type'] !== 'string') return undefined;
  switch (message['type']) {
    case 'system':
      return systemEvent(message);
    case 'stream_event':
      return partialEvent(message);
    case 'result':
      return { kind: 'result', result: resultOf(message) };
    default:
      return { kind: 'other' };
  }
}

function parseObject(line: string): Json | undefined {
  try {
    return asObject(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function systemEvent(message: Json): StreamEvent {
  switch (message['subtype']) {
    case 'init':
      return { kind: 'init', sessionId: asText(message['session_id']), model: asText(message['model']) };
    case 'api_retry':
      return { kind: 'retry', attempt: asNumber(message['attempt']) };
    default:
      return { kind: 'other' };
  }
}

function partialEvent(message: Json): StreamEvent {
  // A subagent streams too; its words are not the reply.
  if (message['parent_tool_use_id'] != null) return { kind: 'other' };
  const event = asObject(message['event']);
  const delta = asObject(event?.['delta']);
  if (event?.['type'] === 'content_block_delta' && delta?.['type'] === 'text_delta') {
    return { kind: 'text', text: asText(delta['text']) ?? '' };
  }
  const block = asObject(event?.['content_block']);
  if (event?.['type'] === 'content_block_start' && block?.['type'] === 'tool_use') {
    return { kind: 'tool', name: asText(block['name']) ?? 'a tool' };
  }
  return { kind: 'other' };
}

function resultOf(message: Json): AgentResult {
  const text = asText(message['result']) ?? '';
  const errors = asList(message['errors']).map(errorText);
  const isError = message['is_error'] !== false;
  return {
    subtype: asText(message['subtype']) ?? 'unknown',
    isError,
    text,
    errors,
    sessionId: asText(message['session_id']),
    totalCostUsd: Math.max(0, asNumber(message['total_cost_usd']) ?? 0),
    usage: message['modelUsage'] ?? message['usage'] ?? null,
    deniedTools: asList(message['permission_denials']).map(
      (denial) => asText(asObject(denial)?.['tool_name']) ?? 'a tool',
    ),
    staleSession: isError && saysStaleSession([text, ...errors].join('\n')),
  };
}

function errorText(error: unknown): string {
  return asText(error) ?? asText(asObject(error)?.['message']) ?? JSON.stringify(error);
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
