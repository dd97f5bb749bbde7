import { describe, expect, it } from 'vitest';
import { type Figure, isMet } from '../../bench/figure.ts';
import { lineBytes, makeLines } from '../../bench/lines.ts';
import { ratiosOf } from '../../bench/ratios.ts';
import { reportJson, reportText } from '../../bench/report.ts';
import { median, percentile } from '../../bench/statistics.ts';
import { parseLine } from '../../src/lib/wire/parse-line.ts';

const fast: Figure = {
  id: 'accepted.8',
  what: 'accepted',
  value: 900,
  unit: 'lines/s',
  target: { sense: '>=', value: 456 },
};
const slow: Figure = {
  id: 'idle.p99',
  what: 'idle',
  value: 4.256,
  unit: 'ms',
  target: { sense: '<=', value: 3 },
};
const bare: Figure = { id: 'bare', what: 'bare', value: 1_800, unit: 'lines/s' };

describe('statistics', () => {
  it('take the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    const fractions = [0, 0.01, 0.5, 0.99, 1];
    expect(fractions.map((fraction) => percentile(hundred, fraction))).toEqual([1, 1, 50, 99, 100]);
    expect(median([3, 1, 2])).toBe(2);
    expect(median([])).toBeNaN();
  });
});

describe('lines', () => {
  it('are 100 bytes each, good wire lines, and all different', () => {
    const bytes = makeLines('flood-1', 3, 1_000);
    expect(bytes.length).toBe(1_000 * lineBytes);
    const lines = bytes.toString('latin1').split('\n').slice(0, -1);
    expect(new Set(lines).size).toBe(1_000);
    for (const line of lines) {
      expect(line).toHaveLength(lineBytes - 1);
      expect(parseLine(line)).toMatchObject({ ok: true, event: { category: 'flood-1' } });
    }
  });
});

describe('figures', () => {
  it('meet their target from its right side, and are neither where there is none', () => {
    expect([fast, slow, bare].map(isMet)).toEqual([true, false, undefined]);
    expect(isMet({ ...slow, value: Number.NaN })).toBe(false);
  });

  it('are compared where both sides were measured', () => {
    expect(ratiosOf([fast, bare])).toEqual([
      {
        id: 'accepted.of-bare',
        what: 'accepted durably over the bare pipe, 8 writers',
        value: 0.5,
        unit: '×',
      },
    ]);
  });
});

describe('report', () => {
  const machine = { cores: 2, cpu: 'a cpu', memoryGib: 8, node: 'v20.19.0', kernel: 'Linux 6', load: 0.5 };
  const report = {
    machine,
    short: true,
    tookMs: 12_345,
    figures: [fast, slow, bare],
    skipped: ['Skipped it.'],
    wrong: [],
  };

  it('shows each figure with its target and whether that is met', () => {
    const text = reportText(report);
    expect(text).toMatch(/accepted +│ +900 lines\/s │ ≥ 456 lines\/s │ ✓/);
    expect(text).toMatch(/idle +│ +4\.26 ms │ +≤ 3\.00 ms │ ✗/);
    expect(text).toContain('Skipped it.');
    expect(text).toContain('No event was lost or doubled; took 12 s.');
    expect(reportText({ ...report, wrong: ['one is missing'] })).toContain('WRONG COUNT  one is missing');
  });

  it('says the same to programs', () => {
    const { figures } = JSON.parse(reportJson(report)) as { figures: unknown[] };
    expect(figures).toMatchObject([{ id: 'accepted.8', met: true }, { met: false }, { met: null }]);
  });
});
