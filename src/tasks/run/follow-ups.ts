import { HUMAN } from '../../lib/wire/priority.ts';
import { standingOf } from '../../lib/wire/standing.ts';
import type { Store } from '../../lib/store/store.ts';
import type { ClaimedTask } from '../rows/claim.ts';
import { findWaiting, markSteered, type WaitingMessage } from '../rows/steered.ts';
import { assemblePrompt } from './prompt.ts';

/** A queued message of a conversation that its running task takes in. */
export interface FollowUp {
  id: number;
  eventId: number;
  /** What the agent reads: the message as a prompt of its own would have it. */
  text: string;
}

/** Which task takes messages in, and which it has been given already. */
export interface FollowUpQuery {
  host: ClaimedTask;
  handed: readonly number[];
}

/**
 * Takes what waits for the conversation of a running task, oldest first; from then on each row belongs to that task
 * until it is recorded. Rejects with `StoreAwayError` while it cannot.
 */
export async function takeFollowUps(
  store: Pick<Store, 'query'>,
  { host, handed }: FollowUpQuery,
  now: Date,
): Promise<FollowUp[]> {
  const fitting = (await findWaiting(store, { host, handed, now })).filter((message) =>
    mayJoin(host, message),
  );
  if (fitting.length === 0) return [];
  const taken = new Set(
    await markSteered(
      store,
      host,
      fitting.map(({ id }) => id),
    ),
  );
  return fitting
    .filter(({ id }) => taken.has(id))
    .map(({ id, eventId, source, prompt }) => ({
      id,
      eventId,
      text: assemblePrompt({ text: prompt, source, trust: standingOf({ source }).trust, memories: [] }),
    }));
}

/**
 * True where a message may go into that run: the run has the permissions of its own task, so both must be trusted alike,
 * and where the owner does not speak be of one category; and past a spending cap only HUMAN may spend, so what is less
 * cannot join it.
 */
export function mayJoin(host: ClaimedTask, message: WaitingMessage): boolean {
  const { trust } = standingOf(host);
  if (standingOf(message).trust !== trust) return false;
  if (trust !== 'owner' && message.category !== host.category) return false;
  return message.priority === HUMAN || host.priority !== HUMAN;
}
