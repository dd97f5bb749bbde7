/**
 * @typedef {import('../../../../src/operations.ts').Answers['fires.list']} DayView
 * @typedef {DayView['fires'][number]} Fire
 *
 * A mark on a day: fires that are close together and alike share one. `from` and `to` are parts of the day, 0 to 1.
 * @typedef {{ state: string, from: number, to: number, fires: number, at: number }} Mark
 */

/** A mark is at least 1/144 of a day: ten minutes. */
const slots = 144;

/**
 * The marks of one job on a day, in the order of time; what is still to come is `planned`.
 * @param {readonly Fire[]} fires @param {readonly { at: string }[]} planned
 * @param {{ from: string, until: string }} day @param {number} now epoch milliseconds
 * @returns {Mark[]}
 */
export function marksOf(fires, planned, day, now) {
  const begin = new Date(day.from).getTime();
  const length = new Date(day.until).getTime() - begin;
  const place = (/** @type {number} */ at) => Math.min(1, Math.max(0, (at - begin) / length));
  /** @type {Map<string, Mark>} */
  const marks = new Map();
  const put = (
    /** @type {string} */ state,
    /** @type {number} */ at,
    /** @type {number} */ to,
    fires = 1,
  ) => {
    const key = `${state} ${Math.floor(place(at) * slots)}`;
    const mark = marks.get(key);
    if (mark === undefined) marks.set(key, { state, from: place(at), to: place(to), fires, at });
    else {
      mark.fires += fires;
      mark.from = Math.min(mark.from, place(at));
      mark.to = Math.max(mark.to, place(to));
    }
  };
  for (const fire of fires) {
    const at = new Date(fire.startedAt ?? fire.nominalAt).getTime();
    const lastAt = fire.lastAt ?? fire.endedAt;
    const to =
      fire.state === 'running' ? now : lastAt === null || isPoint(fire) ? at : new Date(lastAt).getTime();
    put(fire.state, at, Math.max(at, to), fire.instants ?? 1);
  }
  for (const { at } of planned) put('planned', new Date(at).getTime(), new Date(at).getTime());
  return [...marks.values()].sort((one, other) => one.from - other.from);
}

/** It never ran, so that its row's end says nothing of a span. @param {Fire} fire */
function isPoint({ startedAt, lastAt }) {
  return startedAt === null && lastAt === null;
}

/**
 * What a day was for a job, in words: `3 done, 1 missed, 4 to come`.
 * @param {readonly Mark[]} marks
 */
export function wordsOf(marks) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { state, fires } of marks) counts.set(state, (counts.get(state) ?? 0) + fires);
  const words = [...counts].map(([state, fires]) => `${fires} ${state === 'planned' ? 'to come' : state}`);
  return words.length === 0 ? 'nothing on this day' : words.join(', ');
}

/**
 * The day before or after, as `2026-03-29`.
 * @param {string} day @param {number} step
 */
export function neighbour(day, step) {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, date + step)).toISOString().slice(0, 10);
}

const inWords = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  timeZone: 'UTC',
});

/** A day as a person says it, such as `Sunday 29 March`. @param {string} day such as `2026-03-29` */
export function dayWords(day) {
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) ? day : inWords.format(at);
}

/**
 * When a job runs, in a few words.
 * @param {{ cron: string | null, zone: string | null, everyMs: number | null, at: string | null, words: string | null }} job
 * @param {(ms: number) => string} duration
 */
export function scheduleWords({ cron, words, zone, everyMs, at }, duration) {
  if (cron !== null) return `${words ?? cron} · ${zone ?? ''}`;
  if (everyMs !== null) return `every ${duration(everyMs)}`;
  return at === null ? '' : 'once';
}
