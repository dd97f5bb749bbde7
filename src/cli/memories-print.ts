import type { Answers } from '../operations.ts';

type MemoryView = Answers['memory.get'];
import { paint } from './paint.ts';
import { tableLines } from './print.ts';
import { oneLine, printable } from './printable.ts';
import { relativeTime } from './units.ts';

/** Memories as a table, and how to go on where there are more. */
export function memoryTable(
  memories: readonly MemoryView[],
  { now, isMore }: { now: number; isMore: boolean },
): string[] {
  const columns = [
    { title: 'id', align: 'right' as const },
    { title: 'kind' },
    { title: 'trust' },
    { title: 'source' },
    { title: 'remembered' },
    { title: 'text' },
  ];
  const rows = memories.map((memory) => [
    String(memory.id),
    oneLine(memory.kind),
    oneLine(memory.trust),
    oneLine(memory.source),
    relativeTime(Date.parse(memory.createdAt), now),
    headline(memory),
  ]);
  const last = memories.at(-1)?.id;
  return [
    ...tableLines(columns, rows),
    ...(isMore && last !== undefined ? [paint('dim', `older ones: --before ${last}`)] : []),
  ];
}

/** One memory with all that is known about it. */
export function memoryLines(memory: MemoryView, now: number): string[] {
  const ago = (at: string): string => relativeTime(Date.parse(at), now);
  const { part } = memory;
  const facts: [string, string][] = [
    ['memory', `${memory.id}, ${memory.kind}${memory.pinned ? ', pinned' : ''}`],
    ['title', memory.title ?? ''],
    ['from', `${memory.source}, trust: ${memory.trust}`],
    ['part', part === null ? '' : `${part.chunk + 1} of text ${part.document}`],
    ['tags', memory.tags.join(', ')],
    ['importance', memory.importance.toFixed(2)],
    [
      'remembered',
      `${ago(memory.createdAt)}, said ${memory.seenCount} times, last ${ago(memory.lastSeenAt)}`,
    ],
    [
      'recalled',
      memory.lastRecalledAt === null
        ? 'never'
        : `${memory.recallCount} times, last ${ago(memory.lastRecalledAt)}`,
    ],
    ['event', memory.eventId === null ? '' : String(memory.eventId)],
    ['task', memory.taskId === null ? '' : String(memory.taskId)],
  ];
  const known = facts.filter(([, value]) => value !== '');
  const width = Math.max(...known.map(([name]) => name.length));
  return [
    ...known.map(([name, value]) => `${paint('dim', name.padEnd(width))}  ${oneLine(value)}`),
    '',
    printable(memory.content),
  ];
}

/** What a memory is about, on one line. */
export function headline({
  title,
  content,
  pinned,
}: Pick<MemoryView, 'title' | 'content' | 'pinned'>): string {
  const text = oneLine(content.slice(0, 400));
  return `${pinned ? '* ' : ''}${title === null ? text : `${oneLine(title)}: ${text}`}`;
}
