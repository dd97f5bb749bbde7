import { asList, asNumber, asObject, asText, type Json, parseObject } from '../json.ts';
import { storableUsd } from '../../../spend/model-usage.ts';
import type { AgentResult, Spent, StreamEvent, ToolCall, ToolResult } from '../../run/stream-event.ts';

/** True for the CLI's complaint about a `--resume` id that it does not know. */
export function saysStaleSession(text: string): boolean {
  return text.includes('No conversation found');
}

/**
 * Reads one line of `claude --output-format stream-json`, or undefined when it is no message of the protocol:
 * not a JSON object, or one without a `type`.
 */
export function parseStreamLine(line: string): StreamEvent | undefined {
  const message = parseObject(line);
  if (typeof message?.['type'] !== 'string') return undefined;
  switch (message['type']) {
    case 'system':
      return systemEvent(message);
    case 'stream_event':
      return partialEvent(message);
    case 'assistant':
      return assistantEvent(message);
    case 'user':
      if (message['isReplay'] === true) return { kind: 'took', uuid: asText(message['uuid']) ?? '' };
      return { kind: 'tool-results', results: blocksOf(message).flatMap(toolResult) };
    case 'rate_limit_event':
      return rateLimitEvent(message);
    case 'result':
      return { kind: 'result', result: resultOf(message) };
    // It shows that the CLI is there, not that it is at work.
    case 'control_response':
      return undefined;
    default:
      return { kind: 'other' };
  }
}

function systemEvent(message: Json): StreamEvent {
  switch (message['subtype']) {
    case 'init':
      return { kind: 'init', sessionId: asText(message['session_id']), model: asText(message['model']) };
    case 'api_retry':
      return {
        kind: 'retry',
        attempt: asNumber(message['attempt']),
        of: asNumber(message['max_retries']),
        delayMs: Math.max(0, asNumber(message['retry_delay_ms']) ?? 0),
        error: { name: asText(message['error']), status: asNumber(message['error_status']) },
      };
    case 'permission_denied':
      return {
        kind: 'denied',
        tool: asText(message['tool_name']) ?? 'a tool',
        why: asText(message['message']) ?? '',
      };
    case 'status':
      return message['status'] === 'compacting' ? { kind: 'compacting' } : { kind: 'other' };
    case 'task_started':
      return { kind: 'background', change: 'started', id: asText(message['task_id']) ?? '' };
    case 'task_notification':
      return { kind: 'background', change: 'ended', id: asText(message['task_id']) ?? '' };
    case 'compact_boundary': {
      const figures = asObject(message['compact_metadata']);
      const tokensBefore = asNumber(figures?.['pre_tokens']);
      return { kind: 'compacted', tokensBefore, tokensAfter: asNumber(figures?.['post_tokens']) };
    }
    default:
      return { kind: 'other' };
  }
}

function partialEvent(message: Json): StreamEvent {
  const event = asObject(message['event']);
  const spent =
    event?.['type'] === 'message_start' ? spentOf(message, event['message']) : spentOf(message, event);
  if (spent !== undefined) return { kind: 'spent', spent };
  // A subagent streams too; its words are not the reply.
  if (message['parent_tool_use_id'] != null) return { kind: 'other' };
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

function assistantEvent(message: Json): StreamEvent {
  const refusal = asText(message['error']);
  const blocks = blocksOf(message);
  const text = blocks
    .map((block) => (block['type'] === 'text' ? (asText(block['text']) ?? '') : ''))
    .join('');
  if (refusal !== undefined) {
    const error = { name: refusal, status: asNumber(message['api_error_status']) };
    return { kind: 'api-error', error, ...(text !== '' && { text }) };
  }
  return {
    kind: 'message',
    text,
    calls: blocks.flatMap(toolCall),
    isReply: message['parent_tool_use_id'] == null,
    spent: spentOf(message, message['message']),
  };
}

function spentOf(message: Json, source: unknown): Spent | undefined {
  const { id, model, usage } = asObject(source) ?? {};
  const figures = asObject(usage);
  if (figures === undefined) return undefined;
  return {
    id: asText(id),
    model: asText(model),
    thread: asText(message['parent_tool_use_id']) ?? '',
    inputTokens: asNumber(figures['input_tokens']),
    outputTokens: asNumber(figures['output_tokens']),
    cacheReadTokens: asNumber(figures['cache_read_input_tokens']),
    cacheWriteTokens: asNumber(figures['cache_creation_input_tokens']),
  };
}

function toolCall(block: Json): ToolCall[] {
  if (block['type'] !== 'tool_use') return [];
  const { id, name, input } = block;
  return [{ id: asText(id) ?? '', name: asText(name) ?? 'a tool', input: asObject(input) ?? {} }];
}

function toolResult(block: Json): ToolResult[] {
  if (block['type'] !== 'tool_result') return [];
  const { tool_use_id: id, is_error: isError, content } = block;
  const texts = asList(content).map((part) => asText(asObject(part)?.['text']) ?? '');
  return [{ id: asText(id) ?? '', isError: isError === true, text: asText(content) ?? texts.join('\n') }];
}

function rateLimitEvent(message: Json): StreamEvent {
  const info = asObject(message['rate_limit_info']);
  const resetsAt = asNumber(info?.['resetsAt']);
  return {
    kind: 'rate-limit',
    status: asText(info?.['status']) ?? 'unknown',
    resetsAt: resetsAt === undefined ? undefined : dateOf(resetsAt * 1_000),
    window: asText(info?.['rateLimitType']),
  };
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
    totalCostUsd: storableUsd(asNumber(message['total_cost_usd']) ?? 0),
    usage: message['modelUsage'] ?? message['usage'] ?? null,
    deniedTools: asList(message['permission_denials']).map(
      (denial) => asText(asObject(denial)?.['tool_name']) ?? 'a tool',
    ),
    staleSession: isError && saysStaleSession([text, ...errors].join('\n')),
    apiStatus: asNumber(message['api_error_status']),
    ...(isComplete(message) && { isComplete: true }),
  };
}

/** An interrupted or ended CLI names another reason, whatever else its line says; so does one of before 2.1.330, none. */
function isComplete(message: Json): boolean {
  return message['terminal_reason'] === 'completed' && (asNumber(message['queued_turn_count']) ?? 0) === 0;
}

function blocksOf(message: Json): Json[] {
  return asList(asObject(message['message'])?.['content'])
    .map(asObject)
    .filter((block) => block !== undefined);
}

function errorText(error: unknown): string {
  return asText(error) ?? asText(asObject(error)?.['message']) ?? JSON.stringify(error);
}

/** Milliseconds since the epoch that stand for a day of this millennium; anything else is no time to wait for. */
function dateOf(ms: number): number | undefined {
  return ms >= 0 && ms < Date.UTC(3000, 0) ? ms : undefined;
}
