import { describe, expect, it } from 'vitest';
import { createSpendLedger, type RunKey } from '../../src/spend/ledger.ts';

const run = (id: number, attempt = 1): RunKey => ({ id, attempt });

/** A ledger with these caps and two open lanes. */
function ledgerWith(caps: { daily?: number; monthly?: number } = {}) {
  const set = { daily: null as number | null, monthly: null as number | null, ...caps };
  const ledger = createSpendLedger({
    dailyCapUsd: () => set.daily,
    monthlyCapUsd: () => set.monthly,
    openLanes: () => 2,
  });
  const spent = (todayUsd: number, monthUsd = todayUsd) => ledger.take({ todayUsd, monthUsd }, [], []);
  const promise = (key: RunKey) => {
    ledger.promise(key);
    return ledger.promiseOf(key);
  };
  return { ...ledger, set, spent, promise };
}

describe('spend ledger', () => {
  it('admits nobody before it knows what was spent and which caps there are', () => {
    const ledger = ledgerWith();
    expect(ledger.mayAdmit()).toBe(false);
    ledger.spent(1000);
    expect(ledger.mayAdmit()).toBe(true);
  });

  it('sets no limit where there is no cap', () => {
    const ledger = ledgerWith();
    ledger.spent(1000);
    expect(ledger.promise(run(1))).toBeUndefined();
    expect(ledger.promised()).toEqual([]);
  });

  it('closes at the cap of the day or of the month, and opens when it is raised', () => {
    const ledger = ledgerWith({ daily: 1, monthly: 10 });
    ledger.spent(0.98, 5);
    expect(ledger.mayAdmit()).toBe(true);
    expect(ledger.state().reached).toBeNull();
    ledger.spent(1, 5);
    expect(ledger.mayAdmit()).toBe(false);
    expect(ledger.state().reached).toBe('day');
    ledger.spent(0, 10.5);
    expect(ledger.mayAdmit()).toBe(false);
    expect(ledger.state().reached).toBe('month');
    ledger.set.monthly = 20;
    expect(ledger.mayAdmit()).toBe(true);
    expect(ledger.state()).toEqual({
      todayUsd: 0,
      monthUsd: 10.5,
      capUsd: 1,
      monthlyCapUsd: 20,
      reached: null,
    });
  });

  it('takes less than a cent for nothing, so that no run starts that cannot do anything', () => {
    const ledger = ledgerWith({ daily: 1 });
    ledger.spent(0.995);
    expect(ledger.mayAdmit()).toBe(false);
    expect(ledger.state().reached).toBe('day');
    ledger.set.daily = 0;
    ledger.spent(0);
    expect(ledger.state().reached).toBe('day');
  });

  it('promises what is left in equal shares, and never more than that in all', () => {
    const ledger = ledgerWith({ daily: 1 });
    ledger.spent(0.2);
    expect(ledger.promise(run(1))).toBeCloseTo(0.4);
    expect(ledger.mayAdmit()).toBe(true);
    expect(ledger.promise(run(2))).toBeCloseTo(0.4);
    expect(ledger.mayAdmit()).toBe(false);
    expect(ledger.state().reached).toBeNull();
  });

  it('gives a run that starts anew its own share again', () => {
    const ledger = ledgerWith({ daily: 1 });
    ledger.spent(0);
    expect(ledger.promise(run(1))).toBeCloseTo(0.5);
    expect(ledger.promise(run(1))).toBeCloseTo(0.5);
    expect(ledger.promised()).toEqual([run(1)]);
  });

  it('keeps a promise until sums are known that include what the run cost', () => {
    const ledger = ledgerWith({ daily: 1 });
    ledger.spent(0);
    ledger.promise(run(1));
    ledger.promise(run(2));
    const asked = ledger.promised();
    ledger.take({ todayUsd: 0.1, monthUsd: 0.1 }, asked, [run(2)]);
    expect(ledger.promised()).toEqual([run(2)]);
    expect(ledger.promise(run(3))).toBeCloseTo(0.4);
  });

  it('keeps a promise that was made after the sums were asked for', () => {
    const ledger = ledgerWith({ daily: 1 });
    ledger.spent(0);
    const asked = ledger.promised();
    ledger.promise(run(1));
    ledger.take({ todayUsd: 0, monthUsd: 0 }, asked, []);
    expect(ledger.promised()).toEqual([run(1)]);
  });

  it('tells two attempts of one task apart', () => {
    const ledger = ledgerWith({ daily: 1 });
    ledger.spent(0);
    ledger.promise(run(1, 1));
    const asked = ledger.promised();
    ledger.promise(run(1, 2));
    ledger.take({ todayUsd: 0, monthUsd: 0 }, asked, [run(1, 2)]);
    expect(ledger.promised()).toEqual([run(1, 2)]);
  });
});
