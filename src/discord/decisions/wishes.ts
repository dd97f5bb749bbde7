import { findWish, listWishes, type Wish } from '../../wishes/rows.ts';
import type { DecisionKind, Subject } from './subject.ts';

/** Wishes that are proposed: to be drafted, or not. */
export const wishDecisions: DecisionKind = {
  name: 'wish',
  label: 'Wish',
  lists: ['wishes.list'],
  acts: `action LIKE 'wish.%' AND detail->>'wish' = $1::bigint::text`,
  choices: [
    { name: 'approve', label: 'Approve', tone: 'good', request: (id) => decide(id, 'approve') },
    { name: 'reject', label: 'Reject', tone: 'bad', request: (id) => decide(id, 'reject') },
  ],
  open: async (store, limit) =>
    (await listWishes(store, { state: 'proposed', limit })).map(subjectOf).reverse(),
  async find(store, id) {
    const wish = await findWish(store, id);
    return wish === undefined ? undefined : subjectOf(wish);
  },
};

function decide(id: number, decision: 'approve' | 'reject') {
  return { operation: 'wish.decide', input: { id, decision } };
}

function subjectOf({ id, title, description, state, decidedAt, origin }: Wish): Subject {
  return {
    id,
    title,
    text: description,
    decided: state === 'proposed' ? null : state,
    decidedAt,
    version: [state, title, description, origin].join('\n'),
  };
}
