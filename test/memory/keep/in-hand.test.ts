import { describe, expect, it } from 'vitest';
import { prepareText } from '../../../src/memory/keep/prepare-text.ts';
import { afterInHand, createInHand } from '../../../src/memory/keep/in-hand.ts';
import { createRevealer } from '../../../src/memory/keep/reveal.ts';
import { editMemory } from '../../../src/memory/rows/edit-memory.ts';
import { insertMemory } from '../../../src/memory/rows/insert-memory.ts';
import { memoryKeeperOn } from '../../helpers/memory-keeper.ts';
import { recallerOn } from '../../helpers/recall.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('memory_embeddings');
const { signal } = new AbortController();

describe('what is in hand', () => {
  it('is waited for until a pass that began after it has prepared all, and no longer than is said', async () => {
    const inHand = createInHand();
    await inHand.untilSettled(60_000);
    const early = inHand.begin();
    inHand.arrive();
    expect(inHand.hasNews()).toBe(true);
    let isSettled = false;
    const wait = inHand.untilSettled(60_000).then(() => (isSettled = true));
    inHand.settle(early);
    await Promise.resolve();
    expect(isSettled).toBe(false);
    inHand.settle(inHand.begin());
    await wait;
    expect(inHand.hasNews()).toBe(false);

    inHand.arrive();
    const began = performance.now();
    await inHand.untilSettled(30);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('tells when somebody begins to wait, and whether somebody does', async () => {
    let begun = 0;
    const inHand = createInHand(() => (begun += 1));
    await inHand.untilSettled(60_000);
    inHand.arrive('owner');
    expect([begun, inHand.isAwaited()]).toEqual([0, false]);
    const all = inHand.untilSettled(60_000);
    expect([begun, inHand.isAwaited()]).toEqual([1, true]);
    const owners = inHand.untilOwnersSettled(60_000);
    expect(begun).toBe(2);
    inHand.settle(inHand.begin());
    await all;
    expect(inHand.isAwaited()).toBe(true);
    inHand.settleOwners(inHand.beginOwners());
    await owners;
    expect(inHand.isAwaited()).toBe(false);
  });

  it('of the owner is waited for by itself, longer than the rest', async () => {
    const inHand = createInHand();
    inHand.arrive();
    await inHand.untilOwnersSettled(60_000);
    inHand.arrive('owner');
    let isSettled = false;
    const wait = inHand.untilOwnersSettled(60_000).then(() => (isSettled = true));
    inHand.settle(inHand.begin());
    await Promise.resolve();
    expect(isSettled).toBe(false);
    inHand.settleOwners(inHand.beginOwners());
    await wait;
  });

  it('does not hold up the event that says it, unless something else came after it', async () => {
    const inHand = createInHand();
    inHand.arrive('owner', 1);
    await Promise.all([inHand.untilSettled(60_000, 1), inHand.untilOwnersSettled(60_000, 1)]);
    const isHeldUp = async (event?: number) => {
      let isSettled = false;
      const wait = inHand.untilOwnersSettled(60_000, event).then(() => (isSettled = true));
      await Promise.resolve();
      const isHeld = !isSettled;
      inHand.settleOwners(inHand.beginOwners());
      await wait;
      return isHeld;
    };
    expect(await isHeldUp()).toBe(true);
    inHand.arrive('owner', 2);
    expect(await isHeldUp(1)).toBe(true);
    inHand.arrive('owner', 3);
    inHand.arrive('owner', 4);
    expect(await isHeldUp(3)).toBe(true);
    inHand.arrive('owner', 5);
    inHand.arrive('owner');
    expect(await isHeldUp(5)).toBe(true);
  });

  it('is found by a question that is asked at once', async () => {
    const inHand = createInHand();
    const { keep } = memoryKeeperOn(store, { inHand });
    await keep(signal);
    const content = 'the nas said that its fan is loud';
    await insertMemory(store, {
      content,
      kind: 'note',
      source: 'fleet:nas',
      trust: 'local',
      origin: 'event',
      now: new Date(),
    });
    inHand.arrive();
    const patient = { untilSettled: () => inHand.untilSettled(60_000) };
    const ask = afterInHand(recallerOn(store).recall, patient);
    const asked = ask({ text: 'what did the nas say?', limit: 5, budgetTokens: 1_000, signal });
    await keep(signal);
    expect((await asked).memories.map((memory) => memory.content)).toEqual([content]);
  });

  it('is found by its words without its secrets before it is compared and embedded, until it is edited', async () => {
    const id = await insertMemory(store, {
      content: 'The wifi password of the cabin is hunter2.',
      kind: 'note',
      source: 'cli',
      trust: 'owner',
      origin: 'owner',
      now: new Date(),
    });
    const ask = async () =>
      (await recallerOn(store).recall({ text: 'wifi cabin', limit: 5, budgetTokens: 1_000, signal }))
        .memories;
    expect(await ask()).toEqual([]);
    await createRevealer({ store, prepareText })({ goOn: () => true, signal });
    expect(await ask()).toMatchObject([{ content: 'The wifi password of the cabin is [redacted password]' }]);
    const { rows } = await store.query({ text: 'SELECT prepared, redacted FROM memory_embeddings' });
    expect(rows).toEqual([{ prepared: false, redacted: 1 }]);
    await editMemory(store, id, {
      change: { content: 'The wifi password of the cabin is hunter3.' },
      now: new Date(),
    });
    expect(await ask()).toEqual([]);
  });
});
