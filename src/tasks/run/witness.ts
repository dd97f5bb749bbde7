import { isErrorReply, isSessionsFault, refusalOf } from './refusal.ts';
import type { AgentResult, ApiError, StreamEvent } from './stream-event.ts';

/** Follows a whole stream, since one field of its result may be empty or too early for what the rest has said. */
export interface Witness {
  /** The same events, each result completed by what came before it. */
  note(events: readonly StreamEvent[]): StreamEvent[];
  /** True from a result that left background tasks until the next result. */
  readonly isWaiting: boolean;
  /** Background tasks that go on. */
  readonly openTasks: number;
}

const maxSaidChars = 256 * 1024;

/**
 * A witness who has heard nothing. It adds to a result: where it has no text, the last words of the agent itself, which
 * after a denied tool must have come since the last call; how many background tasks go on; whether it was refused, although
 * it may call itself a success, and refused as invalid.
 */
export function createWitness(): Witness {
  const open = new Set<string>();
  let said = '';
  let isPartial = false;
  let isSinceCall = false;
  let isRefusal = false;
  let apiError: ApiError | undefined;
  let isWaiting = false;
  let unnamed = 0;

  const say = (text: string, partial: boolean): void => {
    said = (partial && isPartial ? said + text : text).slice(0, maxSaidChars);
    isPartial = partial;
    isSinceCall = true;
    isRefusal = false;
  };
  const noteBackground = ({ change, id }: Extract<StreamEvent, { kind: 'background' }>): void => {
    if (change === 'started') open.add(id === '' ? `#${unnamed++}` : id);
    else open.delete(open.has(id) ? id : ([...open].find((known) => known.startsWith('#')) ?? id));
  };
  const completed = (result: AgentResult): AgentResult => {
    const isBlank = result.text.trim() === '' && (!result.isError || result.errors.length === 0);
    const mayStand = isSinceCall || result.deniedTools.length === 0;
    const text = isBlank && mayStand && said.trim() !== '' ? said : result.text;
    const isError = result.isError || (isRefusal && text.trim() === said.trim()) || isErrorReply(text);
    const evidence = { result: { ...result, text, isError }, apiError, resetsAt: undefined };
    const isInvalid = isError && isSessionsFault(refusalOf(evidence), evidence);
    return {
      ...evidence.result,
      ...(open.size > 0 && !isError && { openTasks: open.size }),
      ...(isInvalid && { isInvalid }),
    };
  };
  const endTurn = (result: AgentResult): void => {
    isWaiting = result.openTasks !== undefined;
    said = '';
    isPartial = false;
    isRefusal = false;
    apiError = undefined;
  };

  const hear = (event: StreamEvent): StreamEvent => {
    switch (event.kind) {
      case 'text':
        say(event.text, true);
        break;
      case 'message':
        if (event.isReply && event.text.trim() !== '') say(event.text, false);
        if (event.calls.length > 0) isSinceCall = false;
        break;
      case 'tool':
      case 'tool-results':
        isPartial = false;
        isSinceCall = false;
        break;
      case 'api-error':
        apiError = event.error;
        if (event.text !== undefined) say(event.text, false);
        isRefusal = event.text !== undefined;
        break;
      case 'background':
        noteBackground(event);
        break;
      case 'result': {
        const result = completed(event.result);
        endTurn(result);
        return { kind: 'result', result };
      }
      default:
    }
    return event;
  };

  return {
    note: (events) => events.map(hear),
    get isWaiting() {
      return isWaiting;
    },
    get openTasks() {
      return open.size;
    },
  };
}
