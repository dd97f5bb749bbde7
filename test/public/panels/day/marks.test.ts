import { describe, expect, it } from 'vitest';
import {
  type Fire,
  marksOf,
  neighbour,
  scheduleWords,
  wordsOf,
} from '../../../../public/js/panels/day/marks.js';

const day = { from: '2026-06-01T00:00:00.000Z', until: '2026-06-02T00:00:00.000Z' };
const at = (hour: number, minute = 0, second = 0) =>
  new Date(Date.UTC(2026, 5, 1, hour, minute, second)).toISOString();

const fire = (changes: Partial<Fire>): Fire => ({
  id: 1,
  jobId: 'job',
  nominalAt: at(6),
  lastAt: null,
  instants: 1,
  byHand: false,
  madeUp: false,
  state: 'done',
  reason: null,
  startedAt: at(6),
  endedAt: at(6, 0, 30),
  ...changes,
});

const now = Date.parse(at(12));

describe('the marks of a day', () => {
  it('stand where a fire ran, and what runs reaches to now', () => {
    const marks = marksOf(
      [fire({}), fire({ state: 'running', startedAt: at(9), endedAt: null })],
      [{ at: at(18) }],
      day,
      now,
    );
    expect(marks.map(({ state, from, to }) => [state, from, Math.round(to * 24)])).toEqual([
      ['done', 0.25, 6],
      ['running', 0.375, 12],
      ['planned', 0.75, 18],
    ]);
  });

  it('are shared by fires that are close together and alike', () => {
    const minutes = Array.from({ length: 24 * 60 }, (_, n) =>
      fire({ startedAt: at(0, n), endedAt: at(0, n, 1) }),
    );
    const marks = marksOf(minutes, [], day, now);
    expect(marks).toHaveLength(144);
    expect(wordsOf(marks)).toBe('1440 done');
  });

  it('show a span that was missed, and never reach out of the day', () => {
    const missed = fire({
      state: 'missed',
      startedAt: null,
      nominalAt: '2026-05-30T00:00:00.000Z',
      lastAt: at(12),
      instants: 40,
      endedAt: at(13),
    });
    expect(marksOf([missed], [], day, now)).toMatchObject([{ state: 'missed', from: 0, to: 0.5, fires: 40 }]);
  });

  it('do not show the wait of what never ran', () => {
    const skipped = fire({ state: 'skipped', startedAt: null, endedAt: at(8) });
    expect(marksOf([skipped], [], day, now)).toMatchObject([{ from: 0.25, to: 0.25 }]);
  });

  it('are told in words', () => {
    expect(wordsOf([])).toBe('nothing on this day');
    expect(
      wordsOf(marksOf([fire({}), fire({ state: 'failed', startedAt: at(7) })], [{ at: at(18) }], day, now)),
    ).toBe('1 done, 1 failed, 1 to come');
  });
});

it('knows the day before and after, also over the change of the clocks and of the year', () => {
  expect([neighbour('2026-03-29', 1), neighbour('2026-01-01', -1), neighbour('2028-02-28', 1)]).toEqual([
    '2026-03-30',
    '2025-12-31',
    '2028-02-29',
  ]);
});

it('says in a few words when a job runs', () => {
  const none = { cron: null, words: null, zone: null, everyMs: null, at: null };
  const words = (ms: number) => `${ms / 1000} s`;
  expect(scheduleWords({ ...none, cron: '0 9 * * *', zone: 'UTC' }, words)).toBe('0 9 * * * · UTC');
  expect(scheduleWords({ ...none, cron: '0 9 * * *', words: 'At 09:00', zone: 'UTC' }, words)).toBe(
    'At 09:00 · UTC',
  );
  expect(scheduleWords({ ...none, everyMs: 60_000 }, words)).toBe('every 60 s');
  expect(scheduleWords({ ...none, at: at(9) }, words)).toBe('once');
});
