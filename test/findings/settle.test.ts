import { describe, expect, it } from 'vitest';
import { type DetectorMemory, fateOf, isResting, type KnownFinding } from '../../src/findings/settle.ts';

const day = (number: number) => new Date(Date.UTC(2026, 10, number));
const now = day(28);
const awake: DetectorMemory = { dismissals: 0, dismissedWeight: 0, lookedAt: day(27) };
const resting: DetectorMemory = { dismissals: 3, dismissedWeight: 10, lookedAt: day(27) };

function known(changes: Partial<KnownFinding>): KnownFinding {
  return {
    ...{ id: 1, fingerprint: 'f', state: 'open', lastSeenAt: day(27), snoozedUntil: null },
    ...{ decidedAt: null, decidedWeight: null, wishIsOpen: false },
    ...changes,
  };
}

const fate = (before: KnownFinding | undefined, weight = 10, memory = awake, isAfresh = false) =>
  fateOf({ weight }, before, memory, { now, isAfresh });

describe('what was measured', () => {
  it('is new, is noted while it waits, and wakes after a snooze', () => {
    expect(fate(undefined)).toBe('new');
    expect(fate(known({}))).toBe('note');
    expect(fate(known({ state: 'snoozed', snoozedUntil: day(29) }))).toBe('note');
    expect(fate(known({ state: 'snoozed', snoozedUntil: day(28) }))).toBe('wake');
    expect(fate(known({ state: 'gone' }))).toBe('reopen');
  });

  it('stays dismissed while nothing new is measured', () => {
    const dismissed = known({ state: 'dismissed', decidedAt: day(26), decidedWeight: 10 });
    expect(fate(dismissed, 10)).toBe('note');
    expect(fate(dismissed, 19)).toBe('note');
    expect(fate(dismissed, 20)).toBe('reopen');
    expect(fate(dismissed, 10, awake, true)).toBe('reopen');
    expect(fate({ ...dismissed, lastSeenAt: day(26) }, 10)).toBe('reopen');
    // The look before was before the decision.
    expect(fate({ ...dismissed, lastSeenAt: day(26), decidedAt: day(28) }, 10)).toBe('note');
  });

  it('does not come back while its wish has not come to an end', () => {
    const accepted = known({ state: 'accepted', decidedAt: day(20), decidedWeight: 10, wishIsOpen: true });
    expect(fate(accepted, 100, awake, true)).toBe('note');
    expect(fate({ ...accepted, wishIsOpen: false }, 10)).toBe('note');
    expect(fate({ ...accepted, wishIsOpen: false }, 10, awake, true)).toBe('reopen');
  });

  it('is kept back by a detector that rests, until it weighs twice what was dismissed', () => {
    expect(fate(undefined, 19, resting)).toBe('held');
    expect(fate(undefined, 20, resting)).toBe('new');
    expect(fate(known({ state: 'gone' }), 19, resting)).toBe('held');
    expect(fate(known({ state: 'dismissed', decidedAt: day(26), decidedWeight: 4 }), 9, resting)).toBe(
      'note',
    );
    expect(fate(known({}), 1, resting)).toBe('note');
    expect(isResting({ weight: 1 }, { dismissals: 2, dismissedWeight: 10 })).toBe(false);
  });
});
