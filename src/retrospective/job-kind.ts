import { zoneName } from '../lib/local-time.ts';
import { DAY, HOUR } from '../lib/time.ts';
import type { FireEnd, JobKind } from '../schedule/job.ts';
import { spanWords } from '../schedule/missed-because.ts';
import { firstEventAt, lastCompleted } from './rows.ts';
import { type RetrospectiveDeps, runRetrospective } from './run.ts';

/** Its only job. */
export const retrospectiveJobId = 'retrospective:regular';

/** Before the drafts of the night, after the look for findings. */
const at = '30 3 * * *';
/** One night is never as long as another: who is due by noon is due tonight. */
const slackMs = DAY / 2;

/**
 * The retrospective as the scheduler runs it: each night it looks whether enough days have passed since the last one that was
 * completed, however long the daemon was up. One that failed is tried again the next night.
 */
export function createRetrospectiveKind(deps: RetrospectiveDeps): JobKind {
  return {
    name: 'retrospective',
    concurrency: 1,
    list: () =>
      Promise.resolve([
        {
          id: retrospectiveJobId,
          label: 'retrospective',
          schedule: { kind: 'cron', cron: at, zone: zoneName() },
          paused: false,
          missed: 'once',
          missedWindowMs: 2 * DAY,
          missedCap: 1,
          overlap: 'skip',
          jitterMs: 0,
          timeoutMs: 3 * HOUR,
        },
      ]),
    async run(fire, signal) {
      const notYet = fire.byHand ? undefined : await whyNotDue(deps);
      return notYet ?? runRetrospective(deps, fire, signal);
    },
    resume: (fire, signal) => runRetrospective(deps, fire, signal),
  };
}

async function whyNotDue({ store, settings, now }: RetrospectiveDeps): Promise<FireEnd | undefined> {
  const everyMs = settings.get('retrospective.everyDays') * DAY;
  const last = (await lastCompleted(store))?.endedAt ?? null;
  const since = last ?? (await firstEventAt(store));
  if (since === null) return { state: 'skipped', reason: 'nothing has happened yet' };
  const leftMs = since.getTime() + everyMs - slackMs - now().getTime();
  if (leftMs <= 0) return undefined;
  const what = last === null ? 'there is too little to look back at' : 'the last one was not long ago';
  return { state: 'skipped', reason: `${what}: the next one is due in ${spanWords(leftMs + slackMs)}` };
}
