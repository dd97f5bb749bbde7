import { fromPromise } from 'xstate';
import { catchUp, type CatchUpDeps } from '../../src/discord/catch-up.ts';
import { refusalOf } from '../../src/discord/refusal.ts';
import { StoreAwayError } from '../../src/lib/errors.ts';
import { findOwner } from '../../src/discord/rows/bots.ts';

export interface CatchUpActorDeps extends Omit<CatchUpDeps, 'api'> {
  /** The owner whom the settings name. */
  ownerId: () => string | null;
}

/** Takes in what was missed, then lets the live messages go on. Rejects where Discord or the store cannot be asked. */
export function createCatchUp(deps: CatchUpActorDeps) {
  const { link, inbox, store, ownerId } = deps;
  return fromPromise<undefined>(async ({ signal }) => {
    const api = link.api()?.sure;
    const { botId, ownerId: before } = link.facts();
    if (api === undefined || botId === null) throw new Error('the connection to Discord is closed');
    try {
      const owner = ownerId() ?? (await findOwner(store, botId));
      if (owner !== before) link.note({ ownerId: owner, channelId: null, cursor: null });
      await catchUp({ ...deps, api }, signal);
    } catch (thrown) {
      throw explained(thrown, deps);
    }
    inbox.release();
    return undefined;
  });
}

/** An error in words for the owner; a token that is refused ends the connection. */
function explained(thrown: unknown, { link }: CatchUpActorDeps): Error {
  if (thrown instanceof StoreAwayError) return new StoreAwayError('the database is away', { cause: thrown });
  const refusal = refusalOf(thrown);
  if (refusal.kind === 'unauthorised') link.endWith(refusal);
  return new Error(`what came meanwhile could not be fetched: ${refusal.reason}`, { cause: thrown });
}
