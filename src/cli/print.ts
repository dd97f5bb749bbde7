import Table from 'cli-table3';
import { paint } from './paint.ts';
import { cut } from './printable.ts';

/** Writes one value as JSON to stdout, for programs. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Writes lines to stdout, for people. */
export function printLines(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** Writes a page of a list for people, and how the next one is had; `next` is null on the last. `what` is there, in words. */
export function printPage(lines: readonly string[], next: number | null, what = 'older ones'): void {
  printLines(next === null ? lines : [...lines, paint('dim', `${what}: --before ${next}`)]);
}

const noBorders = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '' },
};
const gap = 2;
const narrowestLast = 20;

export interface Column {
  title: string;
  align?: 'left' | 'right';
}

/**
 * The lines of a borderless table with aligned columns. Cells must be printable and of one line each.
 * On a terminal the last column is cut so that a row stays on one line.
 */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const last = columns.length - 1;
  const fitted = fitLast(columns, rows, last);
  const table = new Table({
    head: columns.map(({ title }) => paint('dim', title)),
    colAligns: columns.map(({ align = 'left' }) => align),
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
  });
  table.push(...fitted.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

function fitLast(columns: readonly Column[], rows: readonly (readonly string[])[], last: number) {
  const width = process.stdout.isTTY ? process.stdout.columns : 0;
  if (width === 0) return rows;
  const taken = columns
    .slice(0, last)
    .map(({ title }, at) => Math.max(title.length, ...rows.map((row) => shownLength(row[at] ?? ''))) + gap)
    .reduce((sum, next) => sum + next, 0);
  const room = Math.max(narrowestLast, width - taken);
  return rows.map((row) => row.map((cell, at) => (at === last ? cut(cell, room) : cell)));
}

function shownLength(cell: string): number {
  return cell.replace(/\u001B\[\d+m/g, '').length;
}
