import type { Bus } from '../../lib/bus.ts';
import { StoreAwayError } from '../../lib/errors.ts';
import type { ListFacts } from '../../lib/operations/facts.ts';
import { isQuiet, parseQuietHours, quietUntil } from '../../lib/quiet-hours.ts';
import { rest } from '../../lib/rest.ts';
import { storableText } from '../../lib/store/storable.ts';
import type { Store, Tx } from '../../lib/store/store.ts';
import { SECOND } from '../../lib/time.ts';
import type { OutboxFacts } from '../../outbox/facts.ts';
import type { ScheduleFacts } from '../../schedule/facts.ts';
import type { FireEnd } from '../../schedule/job.ts';
import { countGoalEnd, pauseGoal } from '../rows/goals.ts';
import {
  changeRun,
  type DoneCheckState,
  endRun,
  type Execution,
  type GoalResult,
  type GoalRun,
  markTold,
  type RunDelivery,
  type RunTerms,
  takeHeld,
} from '../rows/runs.ts';

/** How a run ended, before anybody is told. */
export interface Verdict {
  state: 'done' | 'failed' | 'cancelled';
  execution: Execution;
  doneCheck?: DoneCheckState;
  reason?: string | undefined;
  result?: GoalResult | undefined;
  /** The last words of its command. */
  output?: string | null | undefined;
}

export interface SettleDeps {
  store: Store;
  bus: Pick<Bus<ListFacts & OutboxFacts & ScheduleFacts>, 'emit'>;
  tellOwner: TellOwner;
  now: () => Date;
}

/**
 * Keeps what a goal tells the owner until they have seen it, in the transaction of what it tells of. Resolves to the subject of
 * its deliveries.
 */
export type TellOwner = (
  tx: Tx,
  news: { origin: 'goal'; text: string; taskId: number | null; now: Date },
) => Promise<string | undefined>;

/** A goal that fails so often without a success between is paused. */
export const failuresToPause = 10;

const patienceMs = 20 * SECOND;
const maxReasonChars = 2_000;

/**
 * Records the end of a run in one transaction: its columns, the count of failures in a row, and what the owner is told, at once
 * or after quiet hours. A store that stays away is waited for only so long: the scheduler has the fire's end to keep.
 */
export async function settleRun(deps: SettleDeps, run: GoalRun, verdict: Verdict): Promise<FireEnd> {
  const reason =
    verdict.reason === undefined ? undefined : storableText(verdict.reason).slice(0, maxReasonChars);
  const end: FireEnd = { state: verdict.state, ...(reason !== undefined && { reason }) };
  const over = AbortSignal.timeout(patienceMs);
  for (;;) {
    try {
      const told = await deps.store.transaction((tx) => record(tx, deps, run, { ...verdict, reason }));
      if (told?.words !== undefined)
        deps.bus.emit('owner.told', { origin: 'goal', text: told.words, taskId: null });
      if (told?.isPaused === true) deps.bus.emit('jobs.changed', { kind: 'goal' });
      deps.bus.emit('list.changed', { list: 'goals.list' });
      return end;
    } catch (thrown) {
      if (!(thrown instanceof StoreAwayError) || !(await rest(SECOND, over))) return end;
    }
  }
}

interface Settled {
  /** What the owner was told at once. */
  words?: string | undefined;
  isPaused: boolean;
}

/** Resolves to undefined where the run is gone, or has ended already. */
async function record(
  tx: Tx,
  { now, tellOwner }: SettleDeps,
  run: GoalRun,
  verdict: Verdict,
): Promise<Settled | undefined> {
  const { fireId, goalId, terms } = run;
  const { state, execution, doneCheck, result, reason, output } = verdict;
  const at = now();
  const isThere = await changeRun(tx, fireId, {
    execution,
    ...(doneCheck !== undefined && { doneCheck }),
    ...(result !== undefined && { result }),
    ...(reason !== undefined && { reason }),
    ...(output != null && { output: storableText(output) }),
  });
  if (!isThere) return undefined;
  const failures =
    state === 'cancelled' ? 0 : ((await countGoalEnd(tx, { id: goalId, isDone: state === 'done', at })) ?? 0);
  const isPaused = failures >= failuresToPause;
  if (isPaused) {
    const why = `it failed ${failures} times in a row, the last time since ${reason ?? 'nobody knows why'}`;
    await pauseGoal(tx, {
      id: goalId,
      paused: true,
      reason: storableText(why).slice(0, maxReasonChars),
      now: at,
    });
  }
  const news = newsOf(terms.name, verdict, { failures, isPaused });
  const told = await tell(tx, tellOwner, { run, news, at });
  if (!(await endRun(tx, fireId, { ...told, now: at }))) return undefined;
  return { isPaused, ...(told.delivery === 'told' && { words: told.words }) };
}

interface News {
  words: string;
  isUrgent: boolean;
}

/** What the owner is told of a run: its own words, the first failure of a row, and that it is paused. */
function newsOf(
  name: string,
  { state, result, reason }: Verdict,
  { failures, isPaused }: { failures: number; isPaused: boolean },
): News | undefined {
  const words = result?.notify === true ? result.text : undefined;
  const isUrgent = result?.notify === true && result.severity === 'critical';
  const why = reason ?? 'nobody knows why';
  if (isPaused)
    return {
      words: `The goal ${name} failed ${failures} times in a row and is paused: ${why}. See \`ninjad goals show\`, then \`ninjad goals resume\`.`,
      isUrgent,
    };
  if (state === 'done') return words === undefined ? undefined : { words: `${name}: ${words}`, isUrgent };
  if (state === 'cancelled' || (failures > 1 && words === undefined)) return undefined;
  const said = words === undefined ? '' : ` It says: ${words}`;
  return { words: `The goal ${name} failed: ${why}.${said}`, isUrgent };
}

async function tell(
  tx: Tx,
  tellOwner: TellOwner,
  { run, news, at }: { run: GoalRun; news: News | undefined; at: Date },
): Promise<RunDelivery> {
  if (news === undefined) return { delivery: 'silent' };
  const words = storableText(news.words);
  const heldUntil = news.isUrgent ? undefined : quietEnd(run.terms, at);
  if (heldUntil !== undefined) return { delivery: 'held', words, heldUntil };
  const toldAs = await tellOwner(tx, { origin: 'goal', text: words, taskId: run.taskId, now: at });
  return { delivery: 'told', words, toldAs };
}

function quietEnd({ quiet, timeZone }: Pick<RunTerms, 'quiet' | 'timeZone'>, at: Date): Date | undefined {
  if (quiet === null) return undefined;
  const hours = parseQuietHours(quiet);
  return isQuiet(hours, timeZone, at) ? quietUntil(hours, timeZone, at) : undefined;
}

/** Tells, all at once, what was held through quiet hours that are over. Resolves to how many runs that were. */
export async function tellHeld({ store, bus, tellOwner, now }: SettleDeps): Promise<number> {
  const at = now();
  const told = await store.transaction(async (tx) => {
    const held = await takeHeld(tx, at);
    const [first] = held;
    if (first === undefined) return undefined;
    const text =
      held.length === 1
        ? first.words
        : [
            `While it was quiet, ${held.length} goals had something to say:`,
            ...held.map(({ words }) => `- ${words}`),
          ].join('\n');
    const toldAs = await tellOwner(tx, { origin: 'goal', text, taskId: null, now: at });
    if (toldAs !== undefined)
      await markTold(
        tx,
        held.map(({ fireId }) => fireId),
        toldAs,
      );
    return { text, runs: held.length };
  });
  if (told === undefined) return 0;
  bus.emit('owner.told', { origin: 'goal', text: told.text, taskId: null });
  return told.runs;
}
