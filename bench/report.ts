import Table from 'cli-table3';
import { type Figure, isMet } from './figure.ts';
import type { Machine } from './machine.ts';

/** All that one run brought. */
export interface Report {
  machine: Machine;
  short: boolean;
  tookMs: number;
  figures: readonly Figure[];
  skipped: readonly string[];
  wrong: readonly string[];
}

/** The report for programs. */
export function reportJson(report: Report): string {
  const figures = report.figures.map((figure) => ({ ...figure, met: isMet(figure) ?? null }));
  return JSON.stringify({ ...report, figures }, null, 2);
}

/** The report for people. */
export function reportText({ machine, short, tookMs, figures, skipped, wrong }: Report): string {
  const table = new Table({
    head: ['', 'measured', 'target', '', 'how'],
    colAligns: ['left', 'right', 'right', 'left', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const figure of figures) {
    const { what, target, note = '' } = figure;
    const goal =
      target === undefined ? '' : `${target.sense === '>=' ? '≥' : '≤'} ${amount(target.value, figure.unit)}`;
    table.push([what, amount(figure.value, figure.unit), goal, mark(figure), note]);
  }
  return [
    `${machine.cores} cores (${machine.cpu}), ${machine.memoryGib} GiB, Node ${machine.node}, ${machine.kernel}, load ${machine.load} at the start`,
    `All figures come from this one run${short ? ' (short form)' : ''}, lines of 100 bytes; ratios (×) compare figures of this table.`,
    table.toString(),
    ...skipped,
    ...wrong.map((sentence) => `WRONG COUNT  ${sentence}`),
    `${wrong.length === 0 ? 'No event was lost or doubled' : 'Events were lost or doubled'}; took ${Math.round(tookMs / 1000)} s.`,
  ].join('\n');
}

function mark(figure: Figure): string {
  const met = isMet(figure);
  if (met === undefined) return '';
  return met ? '✓' : '✗';
}

function amount(value: number, unit: Figure['unit']): string {
  if (Number.isNaN(value)) return 'none';
  const digits = unit === 'ms' && value < 10 ? 2 : unit === '×' ? 1 : 0;
  const number = value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return unit === '×' ? `${number} ×` : `${number} ${unit}`;
}
