import type { LiveSettings } from '../../lib/config/live-settings.ts';
import { ConflictError } from '../../lib/errors.ts';
import { zoneName } from '../../lib/local-time.ts';
import { DAY, HOUR } from '../../lib/time.ts';
import type { Fire, FireEnd, JobDefinition, JobKind } from '../../schedule/job.ts';
import { approvedWishes, draftCostSince } from '../drafts.ts';
import type { Wish } from '../rows.ts';
import type { WishValues } from '../settings.ts';
import type { DraftDesk } from './desk.ts';
import { recheckAll, type RecheckDeps } from './recheck.ts';

/** The name of the kind; `jobs.changed` with it has the scheduler read `drafter.at` anew. */
export const draftNightKind = 'drafts';

/** No draft is begun so late in a night. */
const longestNightMs = 4 * HOUR;
/** Time for the one that was begun last. */
const lastDraftMs = 2 * HOUR;
/** Nights that were missed are made up for by one, where the last of them is not older than this. */
const madeUpMs = 2 * DAY;

export interface DraftNightDeps extends RecheckDeps {
  desk: Pick<DraftDesk, 'begin' | 'settleLeft'>;
  settings: Pick<LiveSettings<WishValues>, 'get'>;
  /** Tells the owner. */
  tell: (text: string) => Promise<void>;
}

/** The drafting of approved wishes by night, as the scheduler runs it. */
export function createDraftNights(deps: DraftNightDeps): JobKind {
  let isSettled = false;
  return {
    name: draftNightKind,
    concurrency: 1,
    async list() {
      // The first look after a start: a draft of a former life is over.
      if (!isSettled) await deps.desk.settleLeft();
      isSettled = true;
      return [nightJob(deps.settings.get('drafter.at'))];
    },
    run: (fire, signal) => runNight(deps, fire, signal),
    // What was drafted already is told by its rows, and its costs count.
    resume: (fire, signal) => runNight(deps, fire, signal),
  };
}

function nightJob(at: string): JobDefinition {
  const [hour, minute] = at.split(':').map(Number);
  return {
    id: 'drafts:nightly',
    label: 'drafts of approved wishes',
    schedule: { kind: 'cron', cron: `${minute} ${hour} * * *`, zone: zoneName() },
    paused: false,
    missed: 'once',
    missedWindowMs: madeUpMs,
    missedCap: 1,
    overlap: 'skip',
    jitterMs: 0,
    timeoutMs: longestNightMs + lastDraftMs,
  };
}

/** Looks at the drafts that wait, then drafts approved wishes one after the other while money and time last. */
async function runNight(deps: DraftNightDeps, fire: Fire, signal: AbortSignal): Promise<FireEnd> {
  const stale = await recheckAll(deps);
  const drafted: Wish[] = [];
  const tried = new Set<number>();
  let end = '';
  for (;;) {
    const id = (await approvedWishes(deps.store)).find((wish) => !tried.has(wish));
    if (id === undefined || signal.aborted) break;
    tried.add(id);
    const leftUsd =
      deps.settings.get('drafter.budgetUsd') - (await draftCostSince(deps.store, fire.startedAt));
    if (leftUsd <= 0) end = `the budget of the night is used up, and wish ${id} waits for the next one`;
    else if (deps.now().getTime() - fire.startedAt.getTime() > longestNightMs)
      end = `the night is over, and wish ${id} waits for the next one`;
    if (end !== '') break;
    const wish = await draftOne(deps, { id, budgetUsd: leftUsd, signal });
    if (wish !== undefined) drafted.push(wish);
  }
  if (signal.aborted && signal.reason === 'shutdown')
    return { state: 'cancelled', reason: 'the daemon stops; it goes on at the next start' };
  const words = [...drafted.map(wordsOf), ...stale.map(wordsOf), ...(end === '' ? [] : [end])].join('; ');
  if (words !== '') await deps.tell(`Drafts of last night: ${words}`);
  if (signal.aborted) return { state: 'failed', reason: `it was ended: ${String(signal.reason)}` };
  return { state: 'done', ...(words !== '' && { reason: words.slice(0, 2_000) }) };
}

async function draftOne(
  { desk }: DraftNightDeps,
  { id, budgetUsd, signal }: { id: number; budgetUsd: number; signal: AbortSignal },
): Promise<Wish | undefined> {
  try {
    const { ended } = await desk.begin({ id, by: 'night', budgetUsd, signal });
    return await ended;
  } catch (thrown) {
    // Decided meanwhile, or drafted by another daemon.
    if (thrown instanceof ConflictError) return undefined;
    throw thrown;
  }
}

function wordsOf({ id, title, state, reason, fix }: Wish): string {
  const wish = `wish ${id} (${title.slice(0, 100)})`;
  if (state === 'drafted') return `${wish} is drafted and waits for your review`;
  const why = [reason, fix].filter((part) => part !== null).join('; ');
  return `${wish} is ${state}${why === '' ? '' : `: ${why.slice(0, 500)}`}`;
}
