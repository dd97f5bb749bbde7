import { metricNamed, reaches } from '../metrics/catalogue.ts';
import { measure } from '../metrics/measure.ts';
import type { Period } from '../metrics/metric.ts';
import type { Tx } from '../lib/store/store.ts';
import { alike, hasChanged, keyOf, type KnownWish, knownWishes } from './alike.ts';
import { type Evidence, missingEvidence } from './evidence.ts';
import { type Expected, type NewWish, proposeWish } from './rows.ts';
import { endedStates } from './states.ts';

/** What became of a proposal that nobody has asked for. */
export interface Admission {
  title: string;
  /** `merged` into an open wish, whose evidence it adds to; `dropped` since it is known; `refused` for what it is. */
  became: 'proposed' | 'merged' | 'dropped' | 'refused';
  /** The new wish, or the one that it is like. */
  wish: number | null;
  reason: string | null;
}

/** Most proposals of the retrospective that are open at once. */
export const mostOwn = 5;
const mostEvidence = 50;

/** A proposal of the retrospective. */
export type Proposal = Pick<NewWish, 'title' | 'description' | 'measuredBy' | 'effort' | 'risk'> & {
  evidence: Evidence[];
  expected: { metric: string; goal: number };
};

/**
 * Takes a proposal of the retrospective as a wish, or says why not: its evidence and its metric have to exist, its goal must not be
 * reached already, and it must be new. One that was turned down comes back only with other evidence.
 */
export async function admitProposal(
  tx: Tx,
  proposal: Proposal,
  { now, period }: { now: Date; period: Period },
): Promise<Admission> {
  const { title } = proposal;
  const refuse = (reason: string): Admission => ({ title, became: 'refused', wish: null, reason });
  const expected = await readExpected(tx, proposal.expected, period);
  if (typeof expected === 'string') return refuse(expected);
  if (proposal.evidence.length === 0) return refuse('it names no evidence');
  const missing = await missingEvidence(tx, proposal.evidence);
  if (missing.length > 0) return refuse(`its evidence does not exist: ${missing.map(keyOf).join(', ')}`);
  const known = (await knownWishes(tx)).filter((one) => alike(one, { ...proposal, metric: expected.metric }));
  const like = known.find(({ state }) => !endedStates.includes(state)) ?? known[0];
  if (like !== undefined) {
    const verdict = await besideKnown(tx, proposal, like);
    if (verdict !== undefined) return verdict;
  }
  if ((await countOwn(tx)) >= mostOwn)
    return { title, became: 'dropped', wish: null, reason: `${mostOwn} of its own are open already` };
  const wish = await proposeWish(tx, {
    ...proposal,
    expected,
    origin: 'retrospective',
    approved: false,
    now,
  });
  if (wish === undefined)
    return { title, became: 'dropped', wish: null, reason: 'a wish of this title is open already' };
  return { title, became: 'proposed', wish: wish.id, reason: null };
}

/** The promise with today's value as we measure it, or what is wrong with it. */
async function readExpected(
  tx: Tx,
  { metric, goal }: Proposal['expected'],
  period: Period,
): Promise<Expected | string> {
  const terms = metricNamed(metric);
  if (terms === undefined) return `there is no metric ${JSON.stringify(metric)}`;
  const today = (await measure(tx, metric, period))?.value ?? null;
  if (today !== null && reaches(terms, today, goal))
    return `${metric} is ${today} already, and ${goal} is to be reached`;
  return { metric, today, goal };
}

async function besideKnown(tx: Tx, proposal: Proposal, like: KnownWish): Promise<Admission | undefined> {
  const { title, evidence } = proposal;
  const { id, state, reason } = like;
  if (state === 'applied')
    return {
      title,
      became: 'dropped',
      wish: id,
      reason: `wish ${id} is applied, and its promise not measured yet`,
    };
  if (state === 'rejected' || state === 'declined') {
    if (hasChanged(like.evidence, evidence)) return undefined;
    const why = reason === null ? '' : ` (${reason})`;
    return {
      title,
      became: 'dropped',
      wish: id,
      reason: `wish ${id} was ${state}${why}, and its evidence is the same`,
    };
  }
  const known = new Set(like.evidence.map(keyOf));
  const added = evidence
    .filter((one) => !known.has(keyOf(one)))
    .slice(0, mostEvidence - like.evidence.length);
  if (added.length === 0)
    return { title, became: 'dropped', wish: id, reason: `wish ${id} says the same and is ${state}` };
  await tx.query({
    name: 'wishes-add-evidence',
    text: `UPDATE wishlist SET evidence = evidence || $2::jsonb WHERE id = $1`,
    values: [id, JSON.stringify(added)],
  });
  return { title, became: 'merged', wish: id, reason: `wish ${id} is ${state} and has its evidence now` };
}

/** How many proposals of the retrospective wait for the owner. */
export async function countOwn(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ count: number }>({
    name: 'wishes-own-open',
    text: `SELECT count(*)::int AS count FROM wishlist WHERE origin = 'retrospective' AND state = 'proposed'`,
  });
  return rows[0]?.count ?? 0;
}
