import type { AgentFact } from '../../machines/agent-run/protocol.ts';
import { provesEnd } from '../../src/tasks/run/outcome.ts';
import { progressOf } from '../../src/tasks/run/progress.ts';
import type { StreamEvent } from '../../src/tasks/run/stream-event.ts';
import { entriesOf } from '../../src/tasks/run/transcript.ts';

/** Tells the machine of a run something. */
export type Report = (fact: AgentFact) => void;

export interface Chunk {
  /** Milliseconds since the start of the run. */
  at: number;
  /** Messages that were said to the agent, by the ids under which it takes them. */
  awaited: ReadonlyMap<string, number>;
  isAllRead: boolean;
  /** What follows the last word of the reply, where the chunk ends it. */
  signature: string;
}

/** Tells what a chunk has said; it may hold hundreds of token deltas, which cross to the machine as one text. */
export function reportEvents(
  events: readonly StreamEvent[],
  { at, awaited, isAllRead, signature }: Chunk,
  report: Report,
): void {
  const said = events.map((event) => (event.kind === 'text' ? event.text : '')).join('');
  const text = `${said}${signature}`;
  if (text !== '') report({ type: 'agent.text', text });
  const progress = events.map(progressOf).findLast((known) => known !== undefined);
  if (progress !== undefined) report({ type: 'agent.progress', progress });
  const entries = entriesOf(events, at);
  if (entries.length > 0) report({ type: 'agent.noted', entries });
  for (const event of events) {
    const messageId = event.kind === 'took' ? awaited.get(event.uuid) : undefined;
    if (messageId !== undefined) report({ type: 'agent.took', messageId });
    reportEnd(event, isAllRead, report);
  }
}

function reportEnd(event: StreamEvent, isAllRead: boolean, report: Report): void {
  if (event.kind === 'api-error') report({ type: 'agent.refused', apiError: event.error });
  if (event.kind === 'rate-limit' && event.status === 'rejected' && event.resetsAt !== undefined) {
    report({ type: 'agent.limited', resetsAt: event.resetsAt });
  }
  if (event.kind !== 'result') return;
  const { result } = event;
  report({ type: 'agent.result', result, provesEnd: isAllRead && provesEnd(result) });
}
