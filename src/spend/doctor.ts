import type { ValuesOf } from '../lib/config/schema.ts';
import { type CheckResult, ok, warn } from '../lib/doctor/check-result.ts';
import type { Checks, Subject } from '../lib/doctor/subject.ts';
import type { SpendState } from './ledger.ts';
import type { spendSettings } from './settings.ts';

interface SpendSubject extends Subject<
  { spend: Pick<SpendState, 'reached'> },
  ValuesOf<typeof spendSettings>
> {
  /** The running daemon, as far as it is asked for a setting. */
  client: { ask(name: 'config.get', input: { key: string }): Promise<{ value: unknown }> };
}

/** Checks of spending. */
export const spendChecks: Checks<SpendSubject> = { spending: checkSpend };

/** The caps on what tasks may cost. */
export async function checkSpend(subject: SpendSubject): Promise<CheckResult> {
  const { daily, monthly } = await capsOf(subject);
  if (subject.daemon.state === 'running' && subject.daemon.status.spend.reached !== null)
    return warn(
      'a cap is used up: only HUMAN tasks run',
      'room under the cap',
      'ninjad cost; ninjad config set spend.dailyUsd …',
    );
  if (daily === null && monthly === null)
    return warn(
      'no cap: a loop could spend without limit',
      'a cap a day or a month',
      'ninjad config set spend.dailyUsd 5',
    );
  return ok(`${text(daily)} a day, ${text(monthly)} a month`);
}

async function capsOf({
  daemon,
  client,
  settings,
}: SpendSubject): Promise<{ daily: unknown; monthly: unknown }> {
  if (daemon.state === 'running') {
    const [daily, monthly] = await Promise.all([
      client.ask('config.get', { key: 'spend.dailyUsd' }),
      client.ask('config.get', { key: 'spend.monthlyUsd' }),
    ]);
    return { daily: daily.value, monthly: monthly.value };
  }
  if ('problem' in settings) return { daily: null, monthly: null };
  return { daily: settings.get('spend.dailyUsd'), monthly: settings.get('spend.monthlyUsd') };
}

function text(cap: unknown): string {
  return typeof cap === 'number' ? `$${cap.toFixed(2)}` : 'no cap';
}
