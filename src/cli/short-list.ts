import type { Command } from 'commander';
import { UsageError } from '../lib/errors.ts';
import { limitOption } from './options.ts';
import { paint } from './paint.ts';
import { printLines } from './print.ts';

/** What a list is narrowed to that the daemon gives as a whole. */
export interface ShortListOptions {
  text?: string;
  after?: string;
  limit?: number;
}

/** A part of a list; `next` is the name to go on after, null at its end. */
export interface ShortList<Row> {
  rows: Row[];
  next: string | null;
}

/** Gives a command the options of a list whose rows have names and no numbers. */
export function withShortList(command: Command): Command {
  return command
    .option('--text <words>', 'only those in which they occur')
    .option('--after <name>', 'only those after this one, to page on')
    .option('--limit <number>', 'how many at most', limitOption);
}

/** The rows that the options ask for, in their order. Throws a `UsageError` where there is none of the name to go on after. */
export function shortListOf<Row>(
  all: readonly Row[],
  { text = '', after, limit }: ShortListOptions,
  nameOf: (row: Row) => string,
): ShortList<Row> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = all.filter((row) => {
    const said = wordsIn(row).toLowerCase();
    return words.every((word) => said.includes(word));
  });
  const from = after === undefined ? 0 : fitting.findIndex((row) => nameOf(row) === after) + 1;
  if (after !== undefined && from === 0)
    throw new UsageError(`expected the name of one in the list after --after, got ${after}`);
  const rows = fitting.slice(from, limit === undefined ? undefined : from + limit);
  const last = rows.at(-1);
  return { rows, next: last !== undefined && from + rows.length < fitting.length ? nameOf(last) : null };
}

/** Writes a part of a list for people, and how the next one is had. */
export function printShortList(lines: readonly string[], next: string | null): void {
  printLines(next === null ? lines : [...lines, paint('dim', `more of them: --after ${next}`)]);
}

/** All that a row says, without the names of its fields. */
function wordsIn(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Object.values(value).map(wordsIn).join('\n');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
