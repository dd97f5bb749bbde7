import { describe, expect, it } from 'vitest';
import { decideWish } from '../../src/wishes/decide.ts';
import { moveWish } from '../../src/wishes/move.ts';
import { stateAfter, type WishMove, wishMoves, wishStates } from '../../src/wishes/states.ts';
import { aWish, shortTrail, start, stateOf, wishTables } from '../helpers/wishes.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase(...wishTables);
const moves = Object.keys(wishMoves) as WishMove[];
const byHand = (id: number, state: string) =>
  store.query({
    text: `UPDATE wishlist SET state = $2, version = CASE WHEN $2 = 'proposed' THEN 0 ELSE 1 END,
                  decided_at = CASE WHEN $2 = 'proposed' THEN NULL ELSE now() END,
                  applied_at = CASE WHEN $2 IN ('applied', 'kept', 'unkept') THEN now() END WHERE id = $1`,
    values: [id, state],
  });

describe('a wish', () => {
  it('goes from each state to where the table says, and nowhere else', async () => {
    const { id } = await aWish(store, 'be quiet');
    for (const state of wishStates) {
      for (const move of moves) {
        await byHand(id, state);
        const to = stateAfter(move, state);
        const done = store.transaction((tx) => moveWish(tx, { id, move, by: 'cli', now: start }));
        if (to === undefined) {
          await expect(done, `${move} from ${state}`).rejects.toThrow(
            `wish ${id} is ${state}: there is nothing to`,
          );
          expect(await stateOf(store, id)).toBe(state);
        } else expect((await done).state, `${move} from ${state}`).toBe(to);
      }
    }
  });

  it('reaches every state from a proposal', () => {
    const reached = new Set<string>(['proposed']);
    for (let size = 0; size !== reached.size;) {
      size = reached.size;
      for (const targets of Object.values(wishMoves))
        for (const [from, to] of Object.entries(targets)) if (reached.has(from)) reached.add(to);
    }
    expect([...reached].sort()).toEqual([...wishStates].sort());
  });

  it('has a trail of who moved it when, why and from where', async () => {
    const { id } = await aWish(store, 'be quiet', { approve: false });
    const decide = (by: 'discord' | 'cli', decision: 'approve' | 'reject', reason?: string) =>
      store.transaction((tx) => decideWish(tx, { by }, { id, decision, reason }, start));
    await decide('discord', 'approve');
    await decide('cli', 'reject', 'it is loud enough');
    expect(await shortTrail(store, id)).toEqual([
      'owner:  → proposed',
      'discord: proposed → approved',
      'cli: approved → rejected',
    ]);
    const { rows } = await store.query({
      text: 'SELECT reason, at FROM wish_moves ORDER BY id DESC LIMIT 1',
    });
    expect(rows).toEqual([{ reason: 'it is loud enough', at: start }]);
  });

  it('is decided by one of two who decide at once, and the other one is told how', async () => {
    const { id } = await aWish(store, 'be quiet', { approve: false });
    const ends = await Promise.allSettled([
      store.transaction((tx) => decideWish(tx, { by: 'dashboard' }, { id, decision: 'approve' }, start)),
      store.transaction((tx) => decideWish(tx, { by: 'discord' }, { id, decision: 'approve' }, start)),
    ]);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const [refused] = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as Error] : []));
    expect(refused?.message).toBe(`wish ${id} is approved: there is nothing to approve`);
    expect(await shortTrail(store, id)).toHaveLength(2);
  });

  it('leaves no trail where the move is undone with its transaction', async () => {
    const { id } = await aWish(store, 'be quiet', { approve: false });
    const failing = store.transaction(async (tx) => {
      await moveWish(tx, { id, move: 'approve', by: 'cli', now: start });
      throw new Error('the rest failed');
    });
    await expect(failing).rejects.toThrow('the rest failed');
    expect(await shortTrail(store, id)).toEqual(['owner:  → proposed']);
  });

  it('that was declined is drafted again when that is taken back, and a rejected one proposed', async () => {
    const { id } = await aWish(store, 'be quiet');
    await byHand(id, 'drafted');
    const decide = (decision: 'reject' | 'reopen') =>
      store.transaction((tx) => decideWish(tx, { by: 'cli' }, { id, decision }, start));
    expect((await decide('reject')).state).toBe('declined');
    expect((await decide('reopen')).state).toBe('drafted');
  });
});
