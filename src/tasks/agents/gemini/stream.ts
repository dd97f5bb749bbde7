import { type ModelUsage, noUsage, type UsageByModel } from '../../../spend/model-usage.ts';
import type { AgentResult, ApiError, StreamEvent } from '../../run/stream-event.ts';
import { statusInWords } from '../status-in-words.ts';
import { asNumber, asObject, asText, type Json, parseObject } from '../json.ts';

/** The lines of one run of `gemini -o stream-json`, which end with a `result`; without one it was ended, whatever its exit says. */
export function createGeminiParser(): (line: string) => StreamEvent[] | undefined {
  let sessionId: string | undefined;
  let said = '';

  /** The words since the last tool, which came in pieces, as the message that they are. */
  const whole = (): StreamEvent[] => {
    const text = said;
    said = '';
    return text === '' ? [] : [{ kind: 'message', text, calls: [], isReply: true }];
  };

  return (line) => {
    const message = parseObject(line);
    switch (message?.['type']) {
      case undefined:
        return undefined;
      case 'init':
        sessionId = asText(message['session_id']);
        return [{ kind: 'init', sessionId, model: asText(message['model']) }];
      case 'message': {
        // The prompt comes back too.
        const text = message['role'] === 'assistant' ? (asText(message['content']) ?? '') : '';
        said += text;
        return text === '' ? [{ kind: 'other' }] : [{ kind: 'text', text }];
      }
      case 'tool_use': {
        const name = asText(message['tool_name']) ?? 'a tool';
        const call = {
          id: asText(message['tool_id']) ?? '',
          name,
          input: asObject(message['parameters']) ?? {},
        };
        return [
          ...whole(),
          { kind: 'tool', name },
          { kind: 'message', text: '', calls: [call], isReply: false },
        ];
      }
      case 'tool_result':
        return [toolResult(message)];
      case 'error':
        return [{ kind: 'other' }];
      case 'result': {
        const result = resultOf(message, sessionId);
        const refused: StreamEvent[] = result.isError ? [{ kind: 'api-error', error: errorOf(result) }] : [];
        return [...whole(), ...refused, { kind: 'result', result }];
      }
      default:
        return [{ kind: 'other' }];
    }
  };
}

function toolResult(message: Json): StreamEvent {
  const error = asObject(message['error']);
  const text = asText(message['output']) ?? asText(error?.['message']) ?? '';
  const isError = message['status'] !== 'success';
  return { kind: 'tool-results', results: [{ id: asText(message['tool_id']) ?? '', isError, text }] };
}

function resultOf(message: Json, sessionId: string | undefined): AgentResult {
  const isError = message['status'] !== 'success';
  const said = asText(asObject(message['error'])?.['message']);
  return {
    subtype: isError ? 'error' : 'success',
    isError,
    text: '',
    errors: isError ? [said ?? 'no reason given'] : [],
    sessionId,
    totalCostUsd: 0,
    usage: usageOf(asObject(asObject(message['stats'])?.['models']) ?? {}),
    deniedTools: [],
    staleSession: false,
    apiStatus: isError ? statusInWords(said ?? '') : undefined,
  };
}

/** Its `input` leaves out what came from the cache. */
function usageOf(models: Json): UsageByModel {
  const used = Object.entries(models).map(([model, value]): [string, ModelUsage] => {
    const { input, output_tokens: output, cached } = asObject(value) ?? {};
    return [
      model,
      {
        ...noUsage,
        inputTokens: asNumber(input) ?? 0,
        outputTokens: asNumber(output) ?? 0,
        cacheReadTokens: asNumber(cached) ?? 0,
      },
    ];
  });
  return Object.fromEntries(used);
}

/** A connection that could not be made or broke off is the service's fault as much as an answer of 500. */
function errorOf({ apiStatus, errors }: AgentResult): ApiError {
  const isLost =
    apiStatus === undefined && errors.some((words) => /fetch failed|terminated|socket/i.test(words));
  return { name: isLost ? 'server_error' : undefined, status: apiStatus };
}
