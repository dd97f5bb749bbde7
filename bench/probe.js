import { subscribe } from 'node:diagnostics_channel';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/*
 * Loaded into the daemon under test with `node --import`: sees what no interface shows, without the daemon taking
 * part. It says the instant at which each event of the category `probe` met its rule (on the monotonic clock that the
 * writers read too) and measures the event loop's delay. Plain JavaScript, since the daemon runs without a loader.
 */

const clockMs = () => Number(process.hrtime.bigint()) / 1e6;
const resolutionMs = 5;
const loop = monitorEventLoopDelay({ resolution: resolutionMs });
loop.enable();

subscribe('ninjad.routed', (routed) => {
  const at = clockMs();
  for (const { event } of routed) {
    if (event.category === 'probe') process.send?.({ type: 'routed', payload: event.payload, at });
  }
});

// The histogram holds the time from one tick of its timer to the next, so the timer's own period is taken off.
const delayMs = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolutionMs);

process.on('message', (asked) => {
  if (asked === 'loop.reset') loop.reset();
  if (asked === 'loop.read') {
    process.send?.({ type: 'loop', p50Ms: delayMs(loop.percentile(50)), p99Ms: delayMs(loop.percentile(99)), maxMs: delayMs(loop.max) });
  }
});
// Being asked must not keep the daemon from ending.
process.channel?.unref();
