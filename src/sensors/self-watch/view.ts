import { SECOND } from '../../lib/time.ts';
import type { SensorView } from '../view.ts';
import type { SelfWatch } from './watch.ts';

/** Name under which the self-watch stands among the sensors. */
export const selfWatchName = 'self-watch';

const everyMs = 10 * SECOND;

/** The self-watch as one of the sensors: always on, and silent, since its samples are kept and not told. */
export function selfWatchView(selfWatch: Pick<SelfWatch, 'last'> | undefined, now: Date): SensorView {
  const last = selfWatch?.last();
  const at = last === undefined ? null : new Date(last.at);
  return {
    name: selfWatchName,
    kind: selfWatchName,
    says: 'what the daemon measures of itself: loop, memory, queues, store, recalls and tasks',
    origin: 'built-in',
    enabled: true,
    state: last === undefined ? 'waiting' : 'ok',
    reason: null,
    every: '10s',
    cron: null,
    zone: null,
    timeoutMs: everyMs,
    settings: {},
    nextRuns: [1, 2, 3].map((n) => new Date((at ?? now).getTime() + n * everyMs)),
    lastRun: at === null ? null : { at, tookMs: 0, state: 'done', reason: null, events: 0 },
    lastSuccess: at,
    durations: [],
    findings: Object.entries(last?.figures ?? {}).map(([subject, value]) => ({
      subject,
      level: value === null ? 'unknown' : 'ok',
      since: at ?? now,
      text: `${subject} ${value ?? ''}`.trim(),
      value,
      unknown: value === null ? 'nothing of it was seen since the sample before' : null,
    })),
    trouble: null,
    lastEvents: [],
    path: null,
  };
}
