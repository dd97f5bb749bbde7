import type { Tx } from '../../lib/store/store.ts';
import type { Period } from '../../metrics/metric.ts';
import { detector, seen } from '../detector.ts';
import { count, percent } from '../words.ts';

interface Noise {
  events: number;
  /** Those that became tasks. */
  tasks: number;
  /** The most of one day. */
  mostADay: number;
  /** The newest. */
  newest: number[];
}

const dayMs = 86_400_000;
/** Whoever speaks through these is no sensor. */
const voices = String.raw`^(dashboard|discord|cli|shell|self|goal|goal:.*|email|mail|email:.*|mail:.*)$`;

/** A sensor, or another program that writes lines by itself, that never stops talking. */
export const noisySensor = detector({
  kind: 'noisy_sensor',
  says: 'a sensor, or another source that writes by itself, that writes very many events',
  over: 'period',
  thresholds: {
    aDay: { value: 100, says: 'events on one day' },
  },
  async detect({ store, period }, at) {
    const noise = await readNoise(store, period);
    return [...noise]
      .filter(([, { mostADay }]) => mostADay >= at.aDay)
      .map(([source, { events, tasks, mostADay, newest }]) => ({
        subject: source,
        severity: mostADay >= 10 * at.aDay ? 'warning' : 'info',
        summary: `“${source}” wrote ${count(events, 'event')}, ${mostADay.toLocaleString('en')} on one day; ${percent(tasks / events)} of them became tasks`,
        evidence: [
          seen('source', source, `${events} events`),
          ...(source.startsWith('sensor:')
            ? [seen('sensor', source.slice('sensor:'.length), 'wrote them')]
            : []),
          ...newest.map((id) => seen('event', id, 'one of the newest')),
        ],
        figures: [
          { name: 'events', value: events, unit: 'count' },
          { name: 'most on one day', value: mostADay, unit: 'a day' },
          { name: 'tasks', value: tasks, unit: 'count' },
        ],
        remedy:
          'A sensor speaks when something has changed: give it wider thresholds or a longer period, or its category a rule with a throttle.',
        weight: events,
        metric: { metric: `event.perDay:${source}`, today: events / daysOf(period), goal: at.aDay / 2 },
      }));
  },
});

/** A day at a time, so that nobody waits long behind a statement over millions of events. */
async function readNoise(store: Tx, { from, to }: Period): Promise<Map<string, Noise>> {
  const noise = new Map<string, Noise>();
  for (let start = from.getTime(); start < to.getTime(); start += dayMs) {
    const { rows } = await store.query<{ source: string; events: number; tasks: number; newest: number[] }>({
      name: 'findings-noise',
      text: `SELECT source, count(*)::int AS events, count(*) FILTER (WHERE route = 'task')::int AS tasks,
                    to_jsonb((array_agg(id ORDER BY received_at DESC))[1:3]) AS newest
               FROM events WHERE received_at >= $1 AND received_at < $2 AND source !~ $3 GROUP BY source`,
      values: [new Date(start), new Date(Math.min(start + dayMs, to.getTime())), voices],
    });
    for (const { source, events, tasks, newest } of rows) {
      const before = noise.get(source) ?? { events: 0, tasks: 0, mostADay: 0, newest: [] };
      noise.set(source, {
        events: before.events + events,
        tasks: before.tasks + tasks,
        mostADay: Math.max(before.mostADay, events),
        newest,
      });
    }
  }
  return noise;
}

function daysOf({ from, to }: Period): number {
  return Math.max(1, (to.getTime() - from.getTime()) / dayMs);
}
