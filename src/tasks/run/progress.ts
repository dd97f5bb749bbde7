import type { ApiError, StreamEvent } from './stream-event.ts';

/** What an event says about the agent's doings, in a few words; undefined when it says nothing new. */
export function progressOf(event: StreamEvent): string | undefined {
  switch (event.kind) {
    case 'init':
      return event.model === undefined ? 'thinking' : `thinking (${event.model})`;
    case 'text':
      return 'writing the reply';
    case 'tool':
      return `using ${event.name}`;
    case 'denied':
      return `going on without ${event.tool}: it is not allowed`;
    case 'retry':
      return event.isOffline === true ? 'waiting for the network' : `waiting for the API${retryOf(event)}`;
    case 'rate-limit':
      return event.status === 'rejected' ? `at the rate limit${untilReset(event.resetsAt)}` : undefined;
    case 'compacting':
      return 'compacting the conversation';
    case 'compacted':
      return 'compacted the conversation';
    case 'api-error':
      return `refused by the API (${reasonOf(event.error)})`;
    default:
      return undefined;
  }
}

function retryOf({ attempt, of, error }: Extract<StreamEvent, { kind: 'retry' }>): string {
  if (attempt === undefined) return '';
  return ` (retry ${attempt}${of === undefined ? '' : ` of ${of}`}, ${reasonOf(error)})`;
}

function reasonOf({ name, status }: ApiError): string {
  return (
    [name?.replaceAll('_', ' '), status].filter((part) => part !== undefined).join(' ') || 'no reason given'
  );
}

function untilReset(resetsAt: number | undefined): string {
  return resetsAt === undefined ? '' : ` until ${new Date(resetsAt).toISOString()}`;
}
