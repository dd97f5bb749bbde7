import type { StreamEvent, ToolCall } from './stream-event.ts';
import { MINUTE } from '../../lib/time.ts';

/** How long the CLI lets a Bash command run when the model names no limit. */
const bashDefaultMs = 2 * MINUTE;
/** The most that any tool is waited for: its word comes from the model. */
const maxWaitMs = 60 * MINUTE;

/** Keeps account of the tools that are at work, since a tool may be silent for as long as its own limit allows. */
export interface ToolWaits {
  note(events: readonly StreamEvent[]): void;
  /** The longest limit of the tools at work, in milliseconds; 0 when none is. */
  allowanceMs(): number;
}

/** An account without a tool at work; `shellMs` is for commands without a limit of their own. While the agent waits for its background tasks, it may be silent as long as any tool. */
export function createToolWaits(
  agent: { readonly isWaiting: boolean } = { isWaiting: false },
  shellMs = bashDefaultMs,
): ToolWaits {
  const working = new Map<string, number>();
  return {
    note(events) {
      for (const event of events) {
        if (event.kind === 'message')
          for (const call of event.calls) working.set(call.id, limitOf(call, shellMs));
        if (event.kind === 'tool-results') for (const { id } of event.results) working.delete(id);
        if (event.kind === 'result') working.clear();
      }
    },
    allowanceMs: () => Math.max(agent.isWaiting ? maxWaitMs : 0, ...working.values()),
  };
}

function limitOf({ name, input }: ToolCall, shellMs: number): number {
  const said = input['timeout'] ?? input['timeout_ms'];
  const known = name === 'Bash' ? shellMs : 0;
  return typeof said === 'number' && said > 0 ? Math.min(said, maxWaitMs) : known;
}
