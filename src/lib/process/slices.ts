import { setImmediate as nextTurn } from 'node:timers/promises';

const sliceMs = 3;

/** Does `work` for each item, in order, and lets the event loop turn whenever 3 ms have passed since it last did. */
export async function inSlices<Item>(items: Iterable<Item>, work: (item: Item) => void): Promise<void> {
  let sliceStart = performance.now();
  for (const item of items) {
    work(item);
    if (performance.now() - sliceStart < sliceMs) continue;
    await nextTurn();
    sliceStart = performance.now();
  }
}
