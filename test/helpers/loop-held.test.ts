import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { loopHeldWhile } from './loop-held.ts';

it.each([
  ['computes', () => computeFor(200)],
  ['waits itself', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)],
])('finds the loop held by a turn that %s', async (_, turn) => {
  const { longestMs } = await loopHeldWhile(async () => {
    await delay(50);
    turn();
    await delay(50);
  });
  expect(longestMs).toBeGreaterThan(100);
});

/** Computes until the process has had the processor for so many milliseconds. */
function computeFor(ms: number): void {
  const { user, system } = process.cpuUsage();
  for (let spent = 0; spent < ms * 1_000;) {
    const used = process.cpuUsage({ user, system });
    spent = used.user + used.system;
  }
}
