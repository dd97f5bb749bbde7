import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { maxMemoryChars, maxTitleChars, type memoryLine } from '../../memory/memory-line.ts';
import type { ImportKind } from '../rows.ts';

/** A text from elsewhere that is to become memories. */
export interface ForeignText {
  kind: ImportKind;
  title: string;
  /** Markdown. */
  text: string;
  createdAt: Date | undefined;
  updatedAt: Date | undefined;
  /** Whose words it is: the owner's own notes, or a conversation of which half is a model's. */
  trust: 'owner' | 'local';
  /** Further words to find it by. */
  tags: readonly string[];
}

/** Something that could not be read as one. */
export interface ForeignProblem {
  problem: string;
}

/** A text as the daemon takes it: in one piece, or in several where it is very long. */
export interface TextLines {
  /** Of all that it says: the same text is taken once. */
  hash: string;
  lines: z.input<typeof memoryLine>[];
}

/** Room for the heading of a part. */
const partChars = maxMemoryChars - 1_000;

/** A text as lines of memories; undefined where it says nothing. */
export function linesOfText({
  kind,
  title,
  text,
  createdAt,
  updatedAt,
  trust,
  tags,
}: ForeignText): TextLines | undefined {
  const whole = storable(text).trim();
  if (whole === '') return undefined;
  const name = cutText(storable(title).replace(/\s+/g, ' ').trim(), maxTitleChars - 12) || 'untitled';
  const parts = partsOf(whole);
  return {
    hash: createHash('sha256')
      .update(JSON.stringify([kind, name, whole]))
      .digest('hex'),
    lines: parts.map((content, at) => ({
      kind: 'document' as const,
      content,
      title: parts.length === 1 ? name : `${name} (${at + 1}/${parts.length})`,
      source: trust === 'owner' ? 'cli' : `import:${kind}`,
      trust,
      tags: [kind, ...tags],
      ...(createdAt !== undefined && { createdAt: createdAt.toISOString() }),
      ...(updatedAt !== undefined && { lastSeenAt: updatedAt.toISOString() }),
    })),
  };
}

/** Neither NUL nor halves of characters, which no database takes. */
function storable(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD').replaceAll('\0', '');
}

function partsOf(text: string): string[] {
  const parts: string[] = [];
  for (let rest = text; rest !== '';) {
    if (rest.length <= partChars) return [...parts, rest];
    const paragraph = rest.lastIndexOf('\n\n', partChars);
    const end = paragraph > partChars / 2 ? paragraph : partChars;
    const part = cutText(rest, end);
    parts.push(part.trim());
    rest = rest.slice(part.length).trimStart();
  }
  return parts;
}

function cutText(text: string, chars: number): string {
  return text.slice(0, chars).replace(/[\uD800-\uDBFF]$/, '');
}

/** A date of a stranger's file: seconds, or ISO 8601. Undefined where it is none, or of a year that a memory cannot have. */
export function dateOf(value: unknown): Date | undefined {
  const date =
    typeof value === 'number'
      ? new Date(value * 1000)
      : typeof value === 'string'
        ? new Date(value)
        : undefined;
  const year = date?.getUTCFullYear() ?? NaN;
  return year >= 1 && year <= 9999 ? date : undefined;
}

/** A message of a conversation as Markdown. */
export function saidBy(who: string, at: Date | undefined, text: string): string {
  const when = at === undefined ? '' : `, ${at.toISOString().slice(0, 16).replace('T', ' ')}`;
  return `**${who}**${when}\n\n${text.trim()}\n`;
}
