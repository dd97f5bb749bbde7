import type { StreamEvent } from './stream-event.ts';

/** What an event says about the agent's doings, in a few words; undefined when it says nothing new. */
export function progressOf(event: StreamEvent): string | undefined {
  switch (event.kind) {
    case 'init':
      return event.model === undefined ? 'thinking' : `thinking (${event.model})`;
    case 'text':
      return 'writing the reply';
    case 'tool':
      return `using ${event.name}`;
    case 'retry':
      return `waiting for the API${event.attempt === undefined ? '' : ` (retry ${event.attempt})`}`;
    default:
      return undefined;
  }
}
