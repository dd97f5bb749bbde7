import { ownValue } from '../../../lib/own-value.ts';
import type { AgentResult, StreamEvent, ToolCall } from '../../run/stream-event.ts';
import { createLineReader, type StreamBounds, type StreamReader } from '../../run/stream-reader.ts';
import { statusInWords } from '../status-in-words.ts';
import { asList, asNumber, asObject, asText, type Json, parseObject } from '../json.ts';

/**
 * Reads `codex exec --json`: whole items, no deltas; an item that begins and ends has one id. Its tokens are counted under the name
 * of the model.
 */
export function createCodexReader(model: string, bounds?: StreamBounds): StreamReader {
  const begun = new Set<string>();
  let sessionId: string | undefined;
  let said = '';

  const result = (news: Partial<AgentResult>): StreamEvent => ({
    kind: 'result',
    result: {
      subtype: 'success',
      isError: false,
      text: '',
      errors: [],
      sessionId,
      totalCostUsd: 0,
      usage: null,
      deniedTools: [],
      staleSession: false,
      apiStatus: undefined,
      ...news,
    },
  });

  const completed = (item: Json): StreamEvent[] => {
    if (item['type'] === 'agent_message') {
      const text = asText(item['text']) ?? '';
      const spoken = said === '' ? text : `\n\n${text}`;
      said = text;
      return [
        { kind: 'text', text: spoken },
        { kind: 'message', text, calls: [], isReply: true },
      ];
    }
    const call = callOf(item);
    if (call === undefined) return [{ kind: 'other' }];
    const isError = item['status'] !== 'completed';
    return [
      ...(begun.has(call.id) ? [] : [calling(call)]),
      { kind: 'tool-results', results: [{ id: call.id, isError, text: outputOf(item) }] },
    ];
  };

  const parseLine = (line: string): StreamEvent[] | undefined => {
    const message = parseObject(line);
    if (typeof message?.['type'] !== 'string') return undefined;
    const item = asObject(message['item']) ?? {};
    switch (message['type']) {
      case 'thread.started':
        sessionId = asText(message['thread_id']);
        return [{ kind: 'init', sessionId, model }];
      case 'item.started': {
        const call = callOf(item);
        if (call === undefined) return [{ kind: 'other' }];
        begun.add(call.id);
        return [{ kind: 'tool', name: call.name }, calling(call)];
      }
      case 'item.completed':
        return completed(item);
      case 'error':
        return [retryOf(asText(message['message']) ?? '')];
      case 'turn.completed': {
        const text = said;
        said = '';
        return [result({ text, usage: { [model]: usageOf(asObject(message['usage']) ?? {}) } })];
      }
      case 'turn.failed': {
        const words = asText(asObject(message['error'])?.['message']) ?? 'the turn failed';
        return [result({ subtype: 'error', isError: true, errors: [words], apiStatus: statusIn(words) })];
      }
      default:
        return [{ kind: 'other' }];
    }
  };
  return createLineReader(parseLine, bounds);
}

function calling(call: ToolCall): StreamEvent {
  return { kind: 'message', text: '', calls: [call], isReply: true };
}

/** A tool by the name that it has elsewhere; undefined for an item that is none. */
function callOf(item: Json): ToolCall | undefined {
  const id = asText(item['id']) ?? '';
  switch (item['type']) {
    case 'command_execution':
      return { id, name: 'Bash', input: { command: asText(item['command']) ?? '' } };
    case 'file_change':
      return { id, name: 'Edit', input: { changes: asList(item['changes']) } };
    case 'web_search':
      return { id, name: 'WebSearch', input: { query: asText(item['query']) ?? '' } };
    case 'mcp_tool_call':
      return {
        id,
        name: `mcp__${asText(item['server']) ?? ''}__${asText(item['tool']) ?? ''}`,
        input: asObject(item['arguments']) ?? {},
      };
    default:
      return undefined;
  }
}

function outputOf(item: Json): string {
  const said = asText(item['aggregated_output']) ?? asText(asObject(item['error'])?.['message']);
  if (said !== undefined) return said;
  const content = asList(asObject(item['result'])?.['content']);
  return content.map((part) => asText(asObject(part)?.['text']) ?? '').join('\n');
}

/** What it says while it tries again by itself, which without a network it does for ever. */
function retryOf(words: string): StreamEvent {
  const [, attempt, of] = /(\d+)\/(\d+)/.exec(words) ?? [];
  return {
    kind: 'retry',
    attempt: attempt === undefined ? undefined : Number(attempt),
    of: of === undefined ? undefined : Number(of),
    delayMs: 0,
    error: { name: undefined, status: statusIn(words) },
    ...(/waiting for network/i.test(words) && { isOffline: true }),
  };
}

/** The HTTP status that its words tell of; the body of a refused request stands for itself. */
function statusIn(words: string): number | undefined {
  return statusInWords(words) ?? (/^\{"(?:error|detail)"/.test(words) ? 400 : undefined);
}

/** Sums over the thread, which a resumed one goes on with; what came from the cache is part of the input. */
function usageOf(usage: Json): object {
  const of = (name: string) => asNumber(ownValue(usage, name)) ?? 0;
  const cached = of('cached_input_tokens');
  const written = of('cache_write_input_tokens');
  return {
    inputTokens: Math.max(0, of('input_tokens') - cached - written),
    outputTokens: of('output_tokens'),
    cacheReadTokens: cached,
    cacheWriteTokens: written,
  };
}
