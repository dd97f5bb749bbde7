import type { TranscriptEntry } from '../tasks/run/transcript.ts';
import type { AttemptTranscript } from '../tasks/transcript-stream.ts';
import { paint } from './paint.ts';
import { oneLine, printable } from './printable.ts';
import { duration } from './units.ts';

/** One attempt for people: a heading, then its entries. */
export function attemptLines({ attempt, recordedAt, entries, omitted }: AttemptTranscript): string[] {
  const title = `attempt ${attempt}${recordedAt === null ? ', running' : ''}`;
  const gap = omitted === 0 ? [] : [paint('dim', `${omitted} entries in the middle were not kept`)];
  return [paint('bold', title), ...entries.flatMap(entryLines), ...gap];
}

/** One entry: when, what kind, and its text, further lines indented. */
export function entryLines(entry: TranscriptEntry): string[] {
  const [first = '', ...more] = printable(textOf(entry)).split('\n');
  const time = duration(entry.at).padStart(10);
  const indent = ' '.repeat(22);
  return [
    `${paint('dim', time)}  ${paint('cyan', entry.kind.padEnd(8))}  ${first}`,
    ...more.map((line) => `${indent}${line}`),
  ];
}

function textOf(entry: TranscriptEntry): string {
  switch (entry.kind) {
    case 'called':
      return `${oneLine(entry.tool)}: ${entry.input}`;
    case 'returned':
      return entry.failed ? `failed: ${entry.text}` : entry.text;
    case 'denied':
      return `${oneLine(entry.tool)}: ${entry.why}`;
    default:
      return entry.text;
  }
}
