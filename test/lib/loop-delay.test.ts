import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { createLoopMonitor, type LoopMonitor } from '../../src/lib/loop-delay.ts';
import { eventually } from '../helpers/eventually.ts';

/** Keeps this thread busy for 200 ms between two ticks of the monitor's timer, and waits until it has noticed. */
async function blockOnce(monitor: LoopMonitor): Promise<void> {
  await delay(50);
  const end = performance.now() + 200;
  while (performance.now() < end);
  await eventually(() => expect(monitor.read().maxMs).toBeGreaterThan(150));
}

it('tells how long the event loop was blocked, without the period of its own timer', async () => {
  const monitor = createLoopMonitor();
  await blockOnce(monitor);
  const { p50Ms, p99Ms, maxMs } = monitor.read();
  expect(p50Ms).toBeLessThan(150);
  expect(p99Ms).toBeLessThanOrEqual(maxMs);
});

it('forgets at a reading what is older than a minute', async () => {
  let now = 1_000_000;
  const monitor = createLoopMonitor(() => now);
  await blockOnce(monitor);
  now += 59_000;
  expect(monitor.read()).toMatchObject({ since: 1_000_000 });
  now += 1_000;
  expect(monitor.read().maxMs).toBeGreaterThan(150);
  expect(monitor.read()).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0, since: now });
});

it('is stalled from a block of more than a second until the next timer comes in time', async () => {
  const monitor = createLoopMonitor();
  expect(monitor.isStalled()).toBe(false);
  const end = performance.now() + 1_400;
  while (performance.now() < end);
  expect(monitor.isStalled()).toBe(true);
  await vi.waitFor(() => expect(monitor.isStalled()).toBe(false), 20_000);
});
