import { progressOf } from './progress.ts';
import type { StreamEvent } from './stream-event.ts';

/** One thing that happened in a run; `at` is milliseconds since its start. Texts are clipped. */
export type TranscriptEntry = { at: number } & (
  | { kind: 'said'; text: string }
  | { kind: 'called'; tool: string; input: string }
  | { kind: 'returned'; text: string; failed: boolean }
  | { kind: 'denied'; tool: string; why: string }
  | { kind: 'noted'; text: string }
  /** A further message of the owner, while it ran. */
  | { kind: 'steered'; text: string }
);

/** What a run did, bounded: its beginning and its end are kept, and of the middle how much was left out. */
export interface Transcript {
  head: readonly TranscriptEntry[];
  tail: readonly TranscriptEntry[];
  /** Entries between the two. */
  omitted: number;
}

const maxTextChars = 4_000;
const maxInputChars = 1_000;
const maxResultChars = 1_000;

/** What events leave in the transcript: whole messages, tools and their results, and what held the agent up. */
export function entriesOf(events: readonly StreamEvent[], at: number): TranscriptEntry[] {
  return events.flatMap((event) => contentsOf(event).map((content) => ({ at, ...content })));
}

/** What there is to say of the memories that a run was given, or was not; undefined where that is nothing. */
export function aboutRecall({
  memories,
  degraded,
  withoutMemories,
}: {
  memories: readonly unknown[];
  degraded: string | null;
  withoutMemories: string | null;
}): string | undefined {
  if (withoutMemories !== null) return clip(`without memories: ${withoutMemories}`, maxResultChars);
  if (memories.length === 0 || degraded === null) return undefined;
  return clip(`about the memories: ${degraded}`, maxResultChars);
}

/** What the owner said to a running agent, as an entry. */
export function steeredEntry(text: string, at: number): TranscriptEntry {
  return { at, kind: 'steered', text: clip(text, maxTextChars) };
}

type Content = TranscriptEntry extends infer Entry
  ? Entry extends unknown
    ? Omit<Entry, 'at'>
    : never
  : never;

function contentsOf(event: StreamEvent): Content[] {
  switch (event.kind) {
    case 'message':
      return [
        ...(event.isReply && event.text !== ''
          ? [{ kind: 'said', text: clip(event.text, maxTextChars) } as const]
          : []),
        ...event.calls.map(
          ({ name, input }) =>
            ({ kind: 'called', tool: name, input: clip(inputText(input), maxInputChars) }) as const,
        ),
      ];
    case 'tool-results':
      return event.results.map(
        ({ text, isError }) =>
          ({ kind: 'returned', text: clip(text, maxResultChars), failed: isError }) as const,
      );
    case 'denied':
      return [{ kind: 'denied', tool: event.tool, why: clip(event.why, maxResultChars) }];
    default: {
      const text = noteOf(event);
      return text === undefined ? [] : [{ kind: 'noted', text }];
    }
  }
}

const noteworthy: ReadonlySet<StreamEvent['kind']> = new Set([
  'retry',
  'rate-limit',
  'compacted',
  'api-error',
]);

function noteOf(event: StreamEvent): string | undefined {
  return noteworthy.has(event.kind) ? progressOf(event) : undefined;
}

function inputText(input: Readonly<Record<string, unknown>>): string {
  const { command } = input;
  return typeof command === 'string' ? command : JSON.stringify(input);
}

/** Clips a text to so many characters, the last of them an ellipsis. */
export function clip(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`;
}
