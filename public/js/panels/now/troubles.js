import { bytes, count, plural } from '../../format/quantity.js';

/**
 * @typedef {import('../../../../src/operations.ts').Answers['now.get']} Now
 * @typedef {object} Trouble
 * @property {string} key
 * @property {import('../../format/state.js').Tone} tone
 * @property {string} glyph
 * @property {string} text
 * @property {import('../../shell/routes.js').PanelId} panel where more is said
 * @property {Record<string, string>} [query]
 */

/** Past this a person could feel it; below it a late turn is the tree's business. */
const loopLimitMs = 250;

/**
 * What went wrong lately, the worst first, each with the place that says more.
 * @param {Now} now
 * @returns {Trouble[]}
 */
export function troublesOf({ status, lately, waiting, upkeep }) {
  /** @type {(Trouble | false)[]} */
  const all = [
    status.database.state === 'away' && {
      key: 'database',
      tone: 'pink',
      glyph: '○',
      text: `The database is away${because(status.database.lastError)}. Events are kept in the journal meanwhile.`,
      panel: 'tree',
    },
    ...status.children.flatMap(troubleOfChild),
    waiting.deadLetters > 0 && {
      key: 'dead',
      tone: 'pink',
      glyph: '☠',
      text: `${plural(waiting.deadLetters, 'task was', 'tasks were')} given up: tried as often as allowed, waiting for you`,
      panel: 'tasks',
      query: { state: 'dead' },
    },
    lately.failedLastHour > 0 && {
      key: 'failed',
      tone: 'pink',
      glyph: '✕',
      text: `${plural(lately.failedLastHour, 'task')} failed within the hour`,
      panel: 'tasks',
      query: { state: 'failed' },
    },
    status.storage.state === 'low' && {
      key: 'storage',
      tone: 'pink',
      glyph: '▤',
      text: `The disk has ${bytes(status.storage.freeBytes ?? 0)} free: what can wait waits, events are kept`,
      panel: 'config',
      query: { text: 'storage' },
    },
    ...troublesOfUpkeep(upkeep),
    status.spend.reached !== null && {
      key: 'spend',
      tone: 'orange',
      glyph: '$',
      text: `The ${status.spend.reached}’s cap is used up; only your own messages run`,
      panel: 'config',
      query: { text: 'spend' },
    },
    status.counts.rejected > 0 && {
      key: 'rejected',
      tone: 'orange',
      glyph: '!',
      text: `${plural(status.counts.rejected, 'line', 'lines')} in the pipe could not be read since the start`,
      panel: 'activity',
    },
    status.loop.p99Ms > loopLimitMs && {
      key: 'loop',
      tone: 'orange',
      glyph: '!',
      text: `This machine is too busy for me: I answer up to ${count(status.loop.p99Ms)} ms late`,
      panel: 'tree',
    },
    status.agent.kind === 'offline' && {
      key: 'agent',
      tone: 'orange',
      glyph: '◐',
      text: 'No agent CLI was found; the offline agent answers and quotes the closest memories',
      panel: 'config',
      query: { text: 'agent' },
    },
  ];
  return all.filter((trouble) => trouble !== false);
}

/** @param {Now['status']['children'][number]} child @returns {Trouble[]} */
function troubleOfChild({ id, state, restarts, lastError }) {
  const isDown = ['restarting', 'failed', 'killed'].includes(state);
  if (!isDown && restarts === 0) return [];
  return [
    {
      key: `child-${id}`,
      tone: isDown ? 'pink' : 'orange',
      glyph: isDown ? '✕' : '↻',
      text: isDown
        ? `${id} is ${state}${because(lastError)}`
        : `${id} was restarted ${restarts === 1 ? 'once' : `${count(restarts)} times`}${because(lastError)}`,
      panel: 'tree',
    },
  ];
}

/** @param {Now['upkeep']} upkeep @returns {Trouble[]} */
function troublesOfUpkeep({ backup, drill }) {
  const failed = [
    ...(backup?.state === 'failed' ? ['The last backup failed'] : []),
    ...(drill?.state === 'failed' ? ['The last backup could not be restored in the drill'] : []),
  ];
  return failed.map((text) => ({ key: text, tone: 'pink', glyph: '✕', text, panel: 'activity' }));
}

/** @param {string | null | undefined} error */
function because(error) {
  if (!error) return '';
  const line = error.split('\n')[0] ?? '';
  return `: ${line.length > 100 ? `${line.slice(0, 99)}…` : line}`;
}

/** The tone of the worst thing that is open, or null where all is well. @param {Now} now */
export function worstOf(now) {
  const tones = troublesOf(now).map(({ tone }) => tone);
  return tones.includes('pink') ? 'pink' : (tones[0] ?? null);
}
