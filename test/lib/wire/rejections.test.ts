import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCounters } from '../../../src/lib/counters.ts';
import { createRejections } from '../../../src/lib/wire/rejections.ts';
import type { RejectionReason } from '../../../src/lib/wire/scan-line.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function desk() {
  const counters = createCounters();
  const said: unknown[][] = [];
  const facts: unknown[] = [];
  let samples = 0;
  const rejections = createRejections({
    counters,
    log: { warn: (...line: unknown[]) => void said.push(line) } as never,
    bus: { emit: (_, fact) => void facts.push(fact) },
  });
  const reject = (reason: RejectionReason, source: string, times: number): void => {
    for (let line = 0; line < times; line += 1)
      rejections.reject({ reason, source, sample: () => `sample ${(samples += 1)}` });
  };
  return { counters, said, facts, rejections, reject, samples: () => samples };
}

describe('rejections', () => {
  it('are told a few times a minute for each reason and source, then by their number', () => {
    const { counters, said, facts, reject, samples } = desk();
    reject('fields-missing', '', 12_350);
    reject('bad-category', 'cron:disk', 2);
    expect(said).toHaveLength(7);
    expect(samples()).toBe(7);
    expect(said.at(-1)).toEqual([
      { reason: 'bad-category', source: 'cron:disk', sample: 'sample 7' },
      'rejected a line: expected a category of letters, digits and ._:- (64 at most, a letter or digit first)',
    ]);
    vi.advanceTimersByTime(60_000);
    expect(said.slice(7)).toEqual([
      [
        { reason: 'fields-missing', source: '', more: 12_345 },
        '… and 12,345 more: rejected lines: expected five fields, priority|source|timestamp|category|payload',
      ],
    ]);
    expect(counters).toMatchObject({ rejected: 12_352, rejectedByReason: { 'bad-category': 2 } });
    expect(facts).toHaveLength(8);
  });

  it('stay few though each names another source', () => {
    const { said, reject, counters } = desk();
    for (let source = 0; source < 10_000; source += 1) reject('bad-timestamp', `s${source}`, 1);
    vi.advanceTimersByTime(60_000);
    expect(said.length).toBeLessThan(120);
    expect(counters.rejected).toBe(10_000);
  });

  it('count what is lowered in the same way', () => {
    const { said, counters, rejections } = desk();
    for (let line = 0; line < 1_000; line += 1) rejections.lower('email');
    vi.advanceTimersByTime(60_000);
    expect(said).toHaveLength(6);
    expect(said[5]).toEqual([
      { source: 'email', more: 995 },
      '… and 995 more: lowered HUMAN to URGENT: the owner does not speak through this source',
    ]);
    expect(counters.lowered).toBe(1_000);
  });
});
