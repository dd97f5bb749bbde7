import { subscribe } from 'node:diagnostics_channel';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/*
 * Loaded into the daemon under test with `node --import`: hears its diagnostics channels (src/lib/diagnostics.ts) and
 * tells the bench the instants it asks for, on the monotonic clock that the writers read too. So the daemon is neither
 * polled nor changed while it is measured. Plain JavaScript, since the daemon runs without a loader.
 */

const clockMs = () => Number(process.hrtime.bigint()) / 1e6;
const resolutionMs = 5;
const loop = monitorEventLoopDelay({ resolution: resolutionMs });
loop.enable();

/** The journal position and the number of recorded events that the bench waits for. */
let awaitedPosition = Infinity;
let awaitedRecords = Infinity;
let recorded = 0;

subscribe('ninjad.routed', (events) => {
  const at = clockMs();
  for (const { event } of events) {
    if (event.category === 'probe') process.send?.({ type: 'routed', payload: event.payload, at });
  }
});
subscribe('ninjad.synced', (position) => {
  if (position < awaitedPosition) return;
  awaitedPosition = Infinity;
  process.send?.({ type: 'synced', at: clockMs() });
});
subscribe('ninjad.recorded', (count) => {
  recorded += count;
  if (recorded < awaitedRecords) return;
  awaitedRecords = Infinity;
  process.send?.({ type: 'recorded', at: clockMs() });
});

// The histogram holds the time from one tick of its timer to the next, so the timer's own period is taken off.
const delayMs = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolutionMs);

process.on('message', (asked) => {
  if (asked.type === 'await.synced') awaitedPosition = asked.position;
  if (asked.type === 'await.recorded') awaitedRecords = recorded + asked.events;
  if (asked.type === 'loop.reset') loop.reset();
  if (asked.type === 'loop.read') {
    process.send?.({
      type: 'loop',
      p50Ms: delayMs(loop.percentile(50)),
      p99Ms: delayMs(loop.percentile(99)),
      maxMs: delayMs(loop.max),
    });
  }
});
// Being asked must not keep the daemon from ending.
process.channel?.unref();
