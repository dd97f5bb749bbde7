import { describe, expect, it } from 'vitest';
import {
  believeClock,
  believed,
  judgeClock,
  readPruningClock,
} from '../../../src/lib/store/pruning-clock.ts';
import { DAY, HOUR } from '../../../src/lib/time.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('pruning_clock', 'events', 'task_transcripts');

const start = Date.parse('2026-11-28T10:00:00Z');
const at = (ms: number): Date => new Date(start + ms);

/** The hours, from a believed start on, at which the clock is doubted. */
function doubted(readings: readonly number[]): number[] {
  let state = believed(at(0));
  return readings.filter((hours) => {
    state = judgeClock(state, at(hours * HOUR));
    return state.doubtedAt !== null;
  });
}

const years = (count: number): number => count * 365 * 24;

describe('the clock that pruners go by', () => {
  it('is believed while it goes on', () => {
    expect(doubted([0, 6, 12, 18, 17.9, 24, 35.9])).toEqual([]);
  });

  it.each([
    ['three years ahead', years(3)],
    ['a day ahead', 24],
    ['half a year back', -years(0.5)],
  ])('is doubted at once when it jumps %s, and believed when it comes back', (_, jump) => {
    expect(doubted([6, jump, jump + 0.1, 7, 12])).toEqual([jump, jump + 0.1]);
  });

  it('is believed after its jump once it has stood for a day', () => {
    const far = years(3);
    const readings = [0, 6, 12, 18, 24, 30].map((hours) => far + hours);
    expect(doubted(readings)).toEqual(readings.slice(0, 4));
  });

  it('is not believed for a second jump, nor for many readings in a moment', () => {
    const far = years(3);
    expect(doubted([far, far + 48, far + 96, far + 96.1]).length).toBe(4);
    expect(doubted(Array.from({ length: 50 }, (_, n) => far + n / 3_600)).length).toBe(50);
  });

  it('is believed in the end on a machine that sleeps every night', () => {
    const days = [1, 2, 3, 4].flatMap((day) => [0, 4, 8].map((hour) => day * 24 + hour));
    expect(days.filter((hours) => !doubted(days).includes(hours))).toEqual([72, 76, 80]);
  });
});

describe('the judgement in the store', () => {
  it('outlives whoever asked, and says each change once', async () => {
    const ask = async (ms: number) => {
      const { isBelieved, hasChanged } = await store.transaction((tx) => readPruningClock(tx, at(ms)));
      return [isBelieved, hasChanged];
    };
    expect(await ask(0)).toEqual([true, false]);
    expect(await ask(1_000 * DAY)).toEqual([false, true]);
    expect(await ask(1_000 * DAY + 1)).toEqual([false, false]);
    expect(await ask(HOUR)).toEqual([true, true]);
    expect(await ask(1_000 * DAY)).toEqual([false, true]);
    await believeClock(store, at(1_000 * DAY));
    expect(await ask(1_000 * DAY + 1)).toEqual([true, false]);
  });

  it('begins with the newest row, where the clock was never looked at', async () => {
    await store.query({
      text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
             VALUES (1, 3, 'cli', 'note', 'x', $1, $1, 'r', 'r', 'done')`,
      values: [at(0)],
    });
    expect((await store.transaction((tx) => readPruningClock(tx, at(1_000 * DAY)))).isBelieved).toBe(false);
  });
});
