import type { StreamEvent } from '../run/stream-event.ts';
import type { StreamReader } from '../run/stream-reader.ts';

/**
 * Holds a run to the session that it was to go on with. A CLI that begins another one does not know what was said, so none
 * of its words is a reply, and its result says that the session is gone, with what it has used. Null: any session will do.
 */
export function heldToSession(reader: StreamReader, resume: string | null): StreamReader {
  if (resume === null) return reader;
  let other: string | undefined;
  const held = (event: StreamEvent): StreamEvent[] => {
    if (event.kind === 'init' && event.sessionId !== undefined && event.sessionId !== resume) {
      const isNews = other === undefined;
      other = event.sessionId;
      return isNews ? [event, goneResult(other)] : [event];
    }
    if (other === undefined) return [event];
    if (event.kind === 'text') return [{ kind: 'other' }];
    if (event.kind === 'message') return [{ ...event, isReply: false }];
    return event.kind === 'result' ? [asGone(event)] : [event];
  };
  return {
    push: (chunk) => reader.push(chunk).flatMap(held),
    end: () => reader.end().flatMap(held),
    get overflowed() {
      return reader.overflowed;
    },
  };
}

const gone = { subtype: 'error', isError: true, staleSession: true } as const;
const reason = 'the CLI began another session than the one to go on with';

function goneResult(sessionId: string): StreamEvent {
  const nothing = { text: '', totalCostUsd: 0, usage: null, deniedTools: [], apiStatus: undefined };
  return { kind: 'result', result: { ...nothing, ...gone, errors: [reason], sessionId } };
}

function asGone({ result }: Extract<StreamEvent, { kind: 'result' }>): StreamEvent {
  return { kind: 'result', result: { ...result, ...gone, text: '', errors: [reason, ...result.errors] } };
}
