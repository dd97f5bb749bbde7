import { duration, relative } from '../format/duration.js';
import { count, money, plural } from '../format/quantity.js';

/**
 * @typedef {'meditating' | 'reading' | 'striking' | 'juggling' | 'sweating' | 'limping' | 'bowing' | 'asleep' |
 *   'alarmed' | 'broke' | 'pacing' | 'celebrating'} MoodName
 * @typedef {import('../format/state.js').Tone} Tone
 * @typedef {{ mood: MoodName, cause: string, tone: Tone }} Mood
 * @typedef {import('../../../src/operations.ts').Answers['now.get']} Now
 *
 * @typedef {object} History what this page has seen; epoch milliseconds
 * @property {readonly { at: number, depth: number }[]} depths of the mailbox, oldest first
 * @property {{ at: number, title: string } | null} served the owner's last message that was answered
 *
 * @typedef {{ connected: boolean, since: number }} Connection `since`: epoch milliseconds of the last change
 */

const MINUTE = 60_000;
/** A reconnection that takes less is nobody's business. */
const silentReconnectMs = 3_000;
const bowMs = 20_000;
const growthWindowMs = MINUTE;
const sweatDepth = 50;
const streakLength = 10;
const streakFreshMs = 2 * MINUTE;
const painMs = 10 * MINUTE;

/** @type {readonly string[]} */
const unwell = ['restarting', 'failed', 'killed'];

/**
 * How the ninja feels, and the true reason for it. The first line that applies wins: what the owner must know comes
 * before what is pleasant.
 * @param {Now | null} pulse what the daemon last said of itself; null before the first news
 * @param {History} history
 * @param {number} now epoch milliseconds
 * @param {Connection} connection
 * @returns {Mood}
 */
export function mood(pulse, history, now, connection) {
  const lost = disconnected(now, connection);
  if (lost !== undefined) return lost;
  if (pulse === null) return feels('meditating', 'soft', 'Waiting for the first news from the daemon.');
  return (
    childDown(pulse) ??
    broke(pulse) ??
    hostDown(pulse, now) ??
    flooded(pulse, history, now) ??
    bowing(history, now) ??
    hurt(pulse, now) ??
    busy(pulse) ??
    proud(pulse, now) ??
    resting(pulse, now)
  );
}

/** @param {number} now @param {Connection} connection */
function disconnected(now, connection) {
  const away = now - connection.since;
  if (connection.connected || away < silentReconnectMs) return undefined;
  return feels(
    'pacing',
    'orange',
    `I have not heard from the daemon for ${duration(away)}; this page keeps trying.`,
  );
}

/** @param {Now} pulse */
function childDown({ status }) {
  if (status.database.state === 'away')
    return feels('alarmed', 'pink', 'The database is away; what arrives is kept in the journal.');
  const down = status.children.find(({ state }) => unwell.includes(state));
  if (down !== undefined) {
    const why = down.lastError === undefined ? '' : `: ${sentence(down.lastError)}`;
    return feels('alarmed', 'pink', `${down.id} is ${down.state}${why}`.replace(/\.?$/, '.'));
  }
  if (status.ready) return undefined;
  const late = status.children.find(({ state }) => state !== 'running');
  return feels(
    'alarmed',
    'orange',
    `Not ready yet${late === undefined ? '' : `: ${late.id} is ${late.state}`}.`,
  );
}

/** @param {Now} pulse */
function broke({ status: { spend } }) {
  if (spend.reached === null) return undefined;
  return feels('broke', 'orange', `${spendSentence(spend)}; only your own messages run.`);
}

/** @param {Now} pulse @param {number} now */
function hostDown({ hosts, hostsInTrouble: { down } }, now) {
  const first = hosts.find(({ state }) => state === 'down');
  if (first === undefined) return undefined;
  const more = down <= 1 ? '' : `, and ${plural(down - 1, 'other host')} too`;
  return feels(
    'alarmed',
    'pink',
    `${first.name} is down for ${duration(now - Date.parse(first.since))}${more}.`,
  );
}

/** @param {Now['status']['spend']} spend */
function spendSentence({ reached, todayUsd, monthUsd, capUsd, monthlyCapUsd }) {
  return reached === 'month'
    ? `The month’s cap of ${money(monthlyCapUsd)} is used up (${money(monthUsd)} so far)`
    : `Today’s cap of ${money(capUsd)} is used up (${money(todayUsd)} so far)`;
}

/** @param {Now} pulse @param {History} history @param {number} now */
function flooded({ status: { mailbox } }, { depths }, now) {
  const before = depths.find(({ at }) => now - at <= growthWindowMs);
  if (before === undefined || mailbox.depth < sweatDepth || mailbox.depth < before.depth * 1.5)
    return undefined;
  return feels(
    'sweating',
    'yellow',
    `The mailbox grew from ${count(before.depth)} to ${count(mailbox.depth)} in ${duration(Math.max(1000, now - before.at))}.`,
  );
}

/** @param {Now} pulse @param {number} now */
function hurt({ lately }, now) {
  const { lastEnded, failedInARow, failedLastHour } = lately;
  if (lastEnded === null || failedInARow === 0 || now - lastEnded.at > painMs) return undefined;
  const many = failedInARow === 1 ? 'The last task failed' : `The last ${count(failedInARow)} tasks failed`;
  const hour = failedLastHour > failedInARow ? `, ${count(failedLastHour)} within the hour` : '';
  return feels('limping', 'pink', `${many}, ${relative(lastEnded.at, now)}${hour}.`);
}

/** @param {History} history @param {number} now */
function bowing({ served }, now) {
  if (served === null || now - served.at > bowMs) return undefined;
  return feels('bowing', 'green', `Just answered you: “${served.title}”.`);
}

const waitWords = { memory: 'waiting for memory', cpu: 'waiting for a core' };

/** @param {Now} pulse */
function busy({ status: { tasks, room }, running }) {
  if (tasks.running === 0) return undefined;
  const recalling = running.filter(({ progress }) => progress?.startsWith('recalling') === true).length;
  if (recalling > 0 && recalling === running.length)
    return feels('reading', 'purple', `Looking through memories for ${plural(recalling, 'task')}.`);
  const short = room.waitsFor === null ? '' : ` and ${waitWords[room.waitsFor]}`;
  const waiting = tasks.queued === 0 ? '' : `, ${count(tasks.queued)} more queued${short}`;
  if (tasks.running > 1)
    return feels('juggling', 'cyan', `${count(tasks.running)} tasks run at once${waiting}.`);
  const about = running[0] === undefined ? '' : `: “${running[0].text}”`;
  return feels('striking', 'cyan', `One task runs${waiting}${about}.`);
}

/** No joy while something has failed for good. @param {Now} pulse @param {number} now */
function proud({ lately: { lastEnded, doneInARow, failedLastHour }, waiting, hosts }, now) {
  if (hosts.length + waiting.deadLetters + waiting.findings + failedLastHour > 0) return undefined;
  if (lastEnded === null || doneInARow < streakLength || now - lastEnded.at > streakFreshMs) return undefined;
  return feels('celebrating', 'green', `${count(doneInARow)} tasks in a row went well.`);
}

/** @param {Now} pulse @param {number} now */
function resting({ status, waiting, hosts, lately: { lastEnded } }, now) {
  const { depth } = status.mailbox;
  const news = waitingNews(waiting);
  const [ill] = hosts;
  if (ill !== undefined || waiting.deadLetters > 0)
    return feels(
      'limping',
      'orange',
      sentenceOf([ill === undefined ? '' : `${ill.name} is ${ill.state}`, news]),
    );
  const then = news === '' ? '' : `; ${news}`;
  if (isNight(now) && depth === 0 && status.tasks.queued === 0)
    return feels('asleep', 'soft', `It is ${clockTime(now)} and nothing is queued${then}.`);
  const queue = depth === 0 ? 'Nothing is queued' : plural(depth, 'event waits', 'events wait');
  const ended = lastEnded === null ? '' : `; the last task ended ${relative(lastEnded.at, now)}`;
  return feels('meditating', 'green', `${queue}${then === '' ? ended : then}.`);
}

/** @param {Now['waiting']} waiting */
function waitingNews({ wishes, findings, doubts, deadLetters, unread }) {
  const decisions = wishes + findings + doubts;
  return [
    unread === 0 ? '' : plural(unread, 'reply is unread', 'replies are unread'),
    decisions === 0 ? '' : plural(decisions, 'decision waits for you', 'decisions wait for you'),
    deadLetters === 0 ? '' : `${plural(deadLetters, 'given-up task')} to look at`,
  ]
    .filter((part) => part !== '')
    .slice(0, 2)
    .join(', ');
}

/** @param {readonly string[]} parts */
function sentenceOf(parts) {
  return `${parts.filter((part) => part !== '').join('; ')}.`;
}

/** @param {number} now */
function clockTime(now) {
  return new Date(now).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

/** @param {number} now */
function isNight(now) {
  const hour = new Date(now).getHours();
  return hour >= 23 || hour < 6;
}

/** @param {string} text the first line of an error, short */
function sentence(text) {
  const line = text.split('\n')[0] ?? '';
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

/** @param {MoodName} mood @param {Tone} tone @param {string} cause @returns {Mood} */
function feels(mood, tone, cause) {
  return { mood, tone, cause };
}
