import type { Bus } from '../lib/bus.ts';
import type { LiveSettings } from '../lib/config/live-settings.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { recordActivity } from '../activity/rows.ts';
import { patiently } from '../goals/run/patiently.ts';
import { DAY } from '../lib/time.ts';
import { compareAll } from '../metrics/measure.ts';
import type { Period } from '../metrics/metric.ts';
import type { Fire, FireEnd } from '../schedule/job.ts';
import { acceptance } from '../wishes/acceptance.ts';
import { type Admission, admitProposal, countOwn, mostOwn, type Proposal } from '../wishes/admit.ts';
import { knownWishes } from '../wishes/alike.ts';
import { learnedFrom } from '../wishes/learned.ts';
import { measurePromises, type PromiseVerdict } from '../wishes/promises.ts';
import type { WishValues } from '../wishes/settings.ts';
import { endedStates } from '../wishes/states.ts';
import { type AskDeps, askModel, keysOf } from './ask-model.ts';
import { evidenceOffers } from './offers.ts';
import { promptOf } from './prompt.ts';
import { readProposals } from './proposals.ts';
import {
  beginRetrospective,
  endRetrospective,
  lastCompleted,
  noteRetrospective,
  type Retrospective,
} from './rows.ts';

export interface RetrospectiveDeps extends AskDeps {
  bus: Pick<Bus<ListFacts>, 'emit'>;
  settings: Pick<LiveSettings<WishValues>, 'get'>;
}

/** A model that answers in the wrong form is told so once. */
const mostAsked = 2;
const longestPeriodMs = 30 * DAY;
const shownOpen = 50;

/** Looks back: measures promises and figures, has the model propose wishes, and takes those that hold. */
export async function runRetrospective(
  deps: RetrospectiveDeps,
  fire: Fire,
  signal: AbortSignal,
): Promise<FireEnd> {
  const retrospective = await patiently(() => begin(deps, fire), signal);
  if (retrospective.state !== 'running') return endOf(retrospective.state, retrospective.reason);
  const period = { from: retrospective.from, to: retrospective.until };
  // Before the model is asked: what was learned is in its prompt.
  const promises = await patiently(() => measure(deps), signal);
  const proposals = await propose(deps, retrospective, period, signal);
  if (signal.aborted && signal.reason === 'shutdown')
    return { state: 'cancelled', reason: 'the daemon stops; it goes on at the next start' };
  return patiently(
    () => settle(deps, retrospective, { period, promises, proposals }),
    AbortSignal.timeout(30_000),
  );
}

/** The period of a look back: from the last one on, three days at least as long as the setting says so, and 30 at most. */
async function begin({ store, settings, now }: RetrospectiveDeps, fire: Fire): Promise<Retrospective> {
  const until = now();
  const everyMs = settings.get('retrospective.everyDays') * DAY;
  const last = await lastCompleted(store);
  const sinceMs = last === undefined ? everyMs : until.getTime() - last.until.getTime();
  const from = new Date(until.getTime() - Math.min(longestPeriodMs, Math.max(everyMs, sinceMs)));
  return store.transaction((tx) =>
    beginRetrospective(tx, { fireId: fire.id, byHand: fire.byHand, from, until, now: until }),
  );
}

function measure({ store, settings, now }: RetrospectiveDeps): Promise<PromiseVerdict[]> {
  const leastMs = settings.get('retrospective.everyDays') * DAY;
  return store.transaction((tx) => measurePromises(tx, { now: now(), leastMs }));
}

/** What the model proposed; a string says why there is nothing. */
async function propose(
  deps: RetrospectiveDeps,
  retrospective: Retrospective,
  period: Period,
  signal: AbortSignal,
): Promise<Proposal[] | string> {
  const { store } = deps;
  const { id } = retrospective;
  const before = { from: new Date(2 * period.from.getTime() - period.to.getTime()), to: period.from };
  const figures = await patiently(() => compareAll(store, period, before), signal);
  await patiently(() => noteRetrospective(store, id, { figures }), signal);
  const room = mostOwn - (await countOwn(store));
  // Nothing could be proposed: nothing is asked, and nothing paid.
  if (room <= 0) return [];
  const facts = {
    ...{ period, before, figures, room },
    offers: await evidenceOffers(store, period),
    open: (await knownWishes(store)).filter(({ state }) => !endedStates.includes(state)).slice(0, shownOpen),
    learned: await learnedFrom(store),
    own: (await acceptance(store)).find(({ origin }) => origin === 'retrospective'),
  };
  let misfit: string | undefined;
  for (let asked = 1; asked <= mostAsked; asked += 1) {
    await patiently(() => noteRetrospective(store, id, { asked }), signal);
    const answer = await askModel(deps, { id, asked, prompt: promptOf({ ...facts, misfit }) }, signal);
    if (answer === undefined) return 'it was ended';
    const { taskId, value, failure } = answer;
    await patiently(() => noteRetrospective(store, id, { taskId }), signal);
    if (failure !== null) return failure;
    const read = readProposals(value);
    if (typeof read !== 'string') return read.slice(0, room);
    misfit = read;
  }
  return `the agent's answer does not fit: ${misfit ?? ''}`;
}

interface Outcome {
  period: Period;
  promises: PromiseVerdict[];
  proposals: Proposal[] | string;
}

async function settle(
  { store, bus, now }: RetrospectiveDeps,
  { id }: Retrospective,
  { period, promises, proposals }: Outcome,
): Promise<FireEnd> {
  const at = now();
  const keys = Array.from({ length: mostAsked }, (_, index) => keysOf(id, index + 1).key);
  const end = await store.transaction(async (tx): Promise<FireEnd> => {
    const failed = typeof proposals === 'string';
    const admitted: Admission[] = [];
    if (!failed)
      for (const proposal of proposals) admitted.push(await admitProposal(tx, proposal, { now: at, period }));
    const words = failed ? proposals : wordsOf(admitted, promises);
    const state = failed ? 'failed' : 'completed';
    await endRetrospective(tx, id, { state, reason: words, proposals: admitted, promises, keys, now: at });
    await recordActivity(tx, {
      at,
      actor: 'retrospective',
      action: `retrospective.${state}`,
      summary: failed ? `the retrospective failed: ${words}` : `looked back: ${words}`,
      detail: { retrospective: id, proposals: admitted, promises },
    });
    return endOf(state, words);
  });
  bus.emit('list.changed', { list: 'retrospectives.list' });
  bus.emit('list.changed', { list: 'wishes.list' });
  return end;
}

function endOf(state: Retrospective['state'], reason: string | null): FireEnd {
  const said = reason === null ? {} : { reason: reason.slice(0, 2_000) };
  return { state: state === 'completed' ? 'done' : 'failed', ...said };
}

function wordsOf(admitted: readonly Admission[], promises: readonly PromiseVerdict[]): string {
  const count = (became: Admission['became']) => admitted.filter((one) => one.became === became).length;
  const parts = [
    `${count('proposed')} proposed`,
    ...(['merged', 'dropped', 'refused'] as const).flatMap((became) =>
      count(became) === 0 ? [] : [`${count(became)} ${became}`],
    ),
    ...promises.map(({ wish, verdict }) => `wish ${wish} ${verdict}`),
  ];
  return parts.join('; ');
}
