import { type ModelUsage, noUsage, storableUsd } from '../../../spend/model-usage.ts';
import type { AgentResult, ApiError, StreamEvent } from '../../run/stream-event.ts';
import { statusInWords } from '../status-in-words.ts';
import { asNumber, asObject, asText, type Json, parseObject } from '../json.ts';

/** Reads the output of one run of `opencode run --format json`, which has no line for its end. */
export interface OpencodeParser {
  parseLine(line: string): StreamEvent[] | undefined;
  /** The result, where no line was the last of the turn: what was refused, or nothing, since it was ended in its middle. */
  atEnd(): StreamEvent[];
}

/** A parser for a run of this model, by which its tokens are counted. */
export function createOpencodeParser(model: string): OpencodeParser {
  let sessionId: string | undefined;
  let isOver = false;
  let denied: string | undefined;
  let used: ModelUsage = noUsage;
  let steps = 0;

  const result = (changes: Partial<AgentResult>): StreamEvent => {
    isOver = true;
    return {
      kind: 'result',
      result: {
        subtype: 'success',
        isError: false,
        text: '',
        errors: [],
        sessionId,
        totalCostUsd: used.costUsd,
        usage: { [model]: used },
        deniedTools: [],
        staleSession: false,
        apiStatus: undefined,
        ...changes,
      },
    };
  };

  /** A step is one answer of the model; the turn goes on after one that calls tools. */
  function stepFinished(part: Json): StreamEvent[] {
    const step = usageOf(part);
    steps += 1;
    used = added(used, step);
    const spent: StreamEvent = {
      kind: 'spent',
      spent: {
        id: asText(part['messageID']) ?? `step ${steps}`,
        model,
        thread: '',
        inputTokens: step.inputTokens,
        outputTokens: step.outputTokens,
        cacheReadTokens: step.cacheReadTokens,
        cacheWriteTokens: step.cacheWriteTokens,
        costUsd: step.costUsd,
      },
    };
    const goesOn = ['tool-calls', 'unknown', undefined].includes(asText(part['reason']));
    return goesOn ? [spent] : [spent, result({})];
  }

  function toolEnded(part: Json): StreamEvent[] {
    const state = asObject(part['state']);
    const name = asText(part['tool']) ?? 'a tool';
    const id = asText(part['callID']) ?? '';
    const isError = state?.['status'] === 'error';
    const text = asText(isError ? state['error'] : state?.['output']) ?? '';
    const exit = asNumber(asObject(state?.['metadata'])?.['exit']) ?? 0;
    denied = isError && isDenial(text) ? name : undefined;
    return [
      { kind: 'tool', name },
      {
        kind: 'message',
        text: '',
        calls: [{ id, name, input: asObject(state?.['input']) ?? {} }],
        isReply: false,
      },
      ...(denied === undefined ? [] : [{ kind: 'denied', tool: name, why: text } as const]),
      { kind: 'tool-results', results: [{ id, isError: isError || exit !== 0, text }] },
    ];
  }

  return {
    parseLine(line) {
      const message = parseObject(line);
      if (message === undefined || asText(message['type']) === undefined) return undefined;
      const begun: StreamEvent[] = [];
      const session = asText(message['sessionID']);
      if (session !== undefined && session !== sessionId) {
        sessionId = session;
        begun.push({ kind: 'init', sessionId, model });
      }
      return [...begun, ...eventsOf(message, asObject(message['part']) ?? {})];
    },
    atEnd: () => (isOver || denied === undefined ? [] : [result({ deniedTools: [denied] })]),
  };

  function eventsOf(message: Json, part: Json): StreamEvent[] {
    switch (message['type']) {
      case 'text': {
        const text = asText(part['text']) ?? '';
        denied = undefined;
        return [
          { kind: 'text', text },
          { kind: 'message', text, calls: [], isReply: true },
        ];
      }
      case 'tool_use':
        return toolEnded(part);
      case 'step_finish':
        return stepFinished(part);
      case 'error': {
        const { error, words } = errorOf(asObject(message['error']) ?? {});
        return [
          { kind: 'api-error', error },
          result({ subtype: 'error', isError: true, errors: [words], apiStatus: error.status }),
        ];
      }
      default:
        return [{ kind: 'other' }];
    }
  }
}

/** What a rejected question says, and what a forbidden tool does. */
function isDenial(text: string): boolean {
  return /rejected permission|prevents you from using|permission (?:was )?denied by/i.test(text);
}

function errorOf(error: Json): { error: ApiError; words: string } {
  const data = asObject(error['data']);
  const name = asText(error['name']);
  const words = asText(data?.['message']) ?? name ?? 'no reason given';
  const isLogin = name === 'ProviderAuthError';
  const status = asNumber(data?.['statusCode']) ?? (isLogin ? undefined : statusInWords(words));
  const known = status === undefined && isLogin ? 'authentication_failed' : undefined;
  return { error: { name: known, status }, words };
}

/** Its `input` leaves out what came from the cache; thoughts are put out too, and charged as such. */
function usageOf(part: Json): ModelUsage {
  const tokens = asObject(part['tokens']);
  const cache = asObject(tokens?.['cache']);
  return {
    inputTokens: asNumber(tokens?.['input']) ?? 0,
    outputTokens: (asNumber(tokens?.['output']) ?? 0) + (asNumber(tokens?.['reasoning']) ?? 0),
    cacheReadTokens: asNumber(cache?.['read']) ?? 0,
    cacheWriteTokens: asNumber(cache?.['write']) ?? 0,
    costUsd: storableUsd(asNumber(part['cost']) ?? 0),
  };
}

function added(a: ModelUsage, b: ModelUsage): ModelUsage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    costUsd: a.costUsd + b.costUsd,
  };
}
