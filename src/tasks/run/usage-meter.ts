import { type ModelUsage, type UsageByModel, noUsage, summedUsage } from '../../spend/model-usage.ts';
import type { Spent, StreamEvent } from './stream-event.ts';

/** Counts the tokens that the stream tells of and that no result accounts for yet. */
export interface UsageMeter {
  /** Takes the next events; true when the count has changed. */
  note(events: readonly StreamEvent[]): boolean;
  /** The tokens since the last result, by model; what they cost is 0 where the CLI has not told it. */
  unbilled(): UsageByModel;
}

/** More messages than any turn has; past it the oldest are summed up. */
const maxMessages = 1_000;

/** A meter at 0. A message is told of several times, and the highest figure of each kind counts. */
export function createUsageMeter(): UsageMeter {
  const messages = new Map<string, { model: string; usage: ModelUsage }>();
  const lastOf = new Map<string, string>();
  let earlier: UsageByModel = {};

  const unbilled = (): UsageByModel =>
    summedUsage([earlier, ...[...messages.values()].map(({ model, usage }) => ({ [model]: usage }))]);

  const add = (spent: Spent): void => {
    if (spent.id !== undefined) lastOf.set(spent.thread, spent.id);
    const id = lastOf.get(spent.thread);
    if (id === undefined) return;
    const known = messages.get(id);
    const model = spent.model ?? known?.model;
    if (model === undefined) return;
    messages.set(id, { model, usage: higher(known?.usage ?? noUsage, spent) });
    if (messages.size <= maxMessages) return;
    // The last message of each thread may still be spoken of.
    const kept = [...lastOf.values()].flatMap((last) => {
      const message = messages.get(last);
      return message === undefined ? [] : [[last, message] as const];
    });
    for (const [last] of kept) messages.delete(last);
    earlier = unbilled();
    messages.clear();
    for (const [last, message] of kept) messages.set(last, message);
  };

  return {
    note(events) {
      let changed = false;
      for (const event of events) {
        if (event.kind === 'result') {
          messages.clear();
          lastOf.clear();
          earlier = {};
          changed = true;
        }
        const spent = event.kind === 'spent' || event.kind === 'message' ? event.spent : undefined;
        if (spent === undefined) continue;
        add(spent);
        changed = true;
      }
      return changed;
    },
    unbilled,
  };
}

function higher(known: ModelUsage, spent: Spent): ModelUsage {
  const of = (kind: keyof ModelUsage) => Math.max(known[kind], spent[kind] ?? 0);
  return {
    inputTokens: of('inputTokens'),
    outputTokens: of('outputTokens'),
    cacheReadTokens: of('cacheReadTokens'),
    cacheWriteTokens: of('cacheWriteTokens'),
    costUsd: of('costUsd'),
  };
}
