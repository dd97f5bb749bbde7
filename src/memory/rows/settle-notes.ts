import type { Store } from '../../lib/store/store.ts';
import { type StoredModel, storeVectors } from '../embed/vector-table.ts';
import { type BundledNote, takeBundled, unprepared } from './bundles.ts';
import { takeWaiting, type WaitingCount, type WaitingNote } from './inbox.ts';
import { insertNotes } from './insert-notes.ts';
import { mayReplace, replaceOutdated } from './outdated.ts';
import {
  type BatchOutcome,
  countSame,
  dropSuperseded,
  type KeptMemory,
  lockTargets,
} from './settle-batch.ts';

/**
 * Carries out what was decided for notes in the inbox, in one transaction: those that are kept become memories that are
 * prepared already. What is counted is what the row in the inbox says by then; a note that went meanwhile is left out, and one
 * whose memory went stays for the next pass.
 */
export function settleNotes(
  store: Store,
  model: StoredModel,
  { kept, merged, dropped, superseded }: BatchOutcome<WaitingNote>,
): Promise<void> {
  return store.transaction(async (tx) => {
    const counts = new Map<number, WaitingCount>();
    const take = async (notes: readonly WaitingNote[]): Promise<void> => {
      for (const count of await takeWaiting(
        tx,
        notes.map(({ inbox_id: id }) => id),
      ))
        counts.set(count.inbox_id, count);
    };
    await take([...kept.map(({ memory }) => memory), ...dropped]);
    const there = kept.filter(({ memory }) => counts.has(memory.inbox_id));
    await insertNotes(
      tx,
      there.map((one) => ({ ...one, count: counts.get(one.memory.inbox_id) as WaitingCount })),
    );
    await storeVectors(
      tx,
      model,
      there.map(({ memory, vector }) => ({ memoryId: memory.id, vector })),
    );
    const targets = await lockTargets(tx, merged);
    const going = merged.filter(({ into }) => targets.has(into));
    await take(going.map(({ memory }) => memory));
    const renewed = await countSame(
      tx,
      going.flatMap((one) => {
        const count = counts.get(one.memory.inbox_id);
        return count === undefined ? [] : [{ ...one, memory: { ...one.memory, ...count } }];
      }),
    );
    await dropSuperseded(tx, superseded);
    await replaceOutdated(tx, [...tellingOf(there), ...renewed]);
  });
}

/**
 * Carries out what was decided for the notes of bundles, in one transaction, in which the bundles go. Those that need more than
 * that, and those whose memory went meanwhile, become memories that are still to be prepared.
 */
export function settleBundled(
  store: Store,
  model: StoredModel,
  notes: readonly BundledNote[],
  {
    outcome: { kept, merged, superseded },
    special,
  }: { outcome: BatchOutcome<BundledNote>; special: readonly BundledNote[] },
): Promise<void> {
  return store.transaction(async (tx) => {
    const taken = await takeBundled(tx, notes);
    const there = kept.filter(({ memory }) => taken.has(memory));
    await insertNotes(
      tx,
      there.map((one) => ({ ...one, count: one.memory })),
    );
    await storeVectors(
      tx,
      model,
      there.map(({ memory, vector }) => ({ memoryId: memory.id, vector })),
    );
    const said = merged.filter(({ memory }) => taken.has(memory));
    const targets = await lockTargets(tx, said);
    const renewed = await countSame(
      tx,
      said.filter(({ into }) => targets.has(into)),
    );
    const left = said.filter(({ into }) => !targets.has(into)).map(({ memory }) => memory);
    await insertNotes(tx, [...left, ...special.filter((memory) => taken.has(memory))].map(unprepared));
    await dropSuperseded(tx, superseded);
    await replaceOutdated(tx, [...tellingOf(there), ...renewed]);
  });
}

function tellingOf(kept: readonly KeptMemory[]): number[] {
  return kept.filter(mayReplace).map(({ memory }) => memory.id);
}
