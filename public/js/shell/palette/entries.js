import { act } from '../../link/act.js';
import { request } from '../../link/connection.js';
import { panels } from '../../panels/panels.js';
import { sendMessage } from '../../panels/chat/outbox.js';
import { keysDialog } from '../keys.js';
import { go } from '../location.js';
import { notifying, wantNotifications } from '../notify.js';
import { chooseTheme } from '../theme.js';

/** @typedef {import('./match.js').Entry} Entry */

const foundOfEach = 5;
const labelChars = 140;

/** What is there without asking anybody: the panels and what one can do. @returns {Entry[]} */
export function ownEntries() {
  return [...panels.map(({ id, label, says }) => entry('panel', id, label, says, () => go(id))), ...acts()];
}

/** @returns {Entry[]} */
function acts() {
  const { wanted } = notifying.get();
  /** @type {readonly (readonly [string, string, () => void])[]} */
  const rows = [
    ['New conversation', 'write to the agent', () => go('chat', [newName()])],
    ['Running tasks', 'what works now', () => go('tasks', [], { state: 'running' })],
    ['Failed tasks', 'what went wrong', () => go('tasks', [], { state: 'failed' })],
    ['Mark all notices as seen', 'what you were told', () => void seeAll()],
    ['Light page', 'colours, theme, bright', () => chooseTheme('light')],
    ['Dark page', 'colours, theme, Monokai', () => chooseTheme('dark')],
    ['Colours as the system has them', 'theme, light, dark', () => chooseTheme('system')],
    wanted
      ? ['Tell me nothing in this browser', 'notifications off', () => void wantNotifications(false)]
      : ['Tell me in this browser', 'notifications on', () => void wantNotifications(true)],
    ['Restart ninjad', 'asks first', () => go('config', [], { restart: 'yes' })],
    ['Keys', 'the list of all keys', () => keysDialog.set({ open: true })],
  ];
  return rows.map(([label, says, run]) => entry('act', label, label, says, run));
}

async function seeAll() {
  const page = await request('notices.list', { limit: 1 }).catch(() => undefined);
  const newest = page?.items[0];
  if (newest !== undefined)
    await act('notices.see', { until: newest.id }, { says: 'All notices are marked as seen.' });
}

/** What can be done with the words themselves. @param {string} text @returns {Entry[]} */
export function wordEntries(text) {
  const words = text.trim();
  if (words === '') return [];
  const note = words.replace(/^remember( that)?\s+/i, '');
  const ask = () => {
    const name = newName();
    sendMessage(name, words);
    go('chat', [name]);
  };
  const remember = () =>
    void act('memory.add', { content: note }, { says: ({ id }) => `Remembered as memory ${id}.` });
  return [
    ...(note === words ? [] : [found('act', 'remember', `Remember: ${note}`, 'a new memory', remember)]),
    found('act', 'ask', `Ask: ${words}`, 'a new conversation', ask),
  ];
}

/** Whether it does something with the words themselves. @param {Entry | undefined} entry */
export function isOfWords(entry) {
  return entry?.kind === 'act' && entry.found === true;
}

/**
 * What is asked for once, when the palette opens: conversations, hosts, goals, rules, sensors and settings.
 * @returns {Promise<Entry[]>}
 */
export async function listedEntries() {
  const [talks, settings, hosts, goals, rules, sensors] = await Promise.allSettled([
    request('chat.conversations', { limit: 200 }),
    request('config.list', {}),
    request('fleet.list', {}),
    request('goals.list', { limit: 200 }),
    request('rules.list', {}),
    request('sensors.list', {}),
  ]);
  const ruleRows = rules.status === 'fulfilled' ? rules.value.rules : [];
  return [
    ...valueOf(talks).map(({ name, title }) =>
      entry('conversation', name, title || name, name, () => go('chat', [name])),
    ),
    ...valueOf(hosts).map(({ name, state }) => entry('host', name, name, state, () => go('fleet', [name]))),
    ...valueOf(goals).map(({ id, name, when }) => entry('goal', id, name, when, () => go('goals', [id]))),
    ...ruleRows.map(({ name, when, does }) =>
      entry('rule', name, name, `${when} → ${does}`, () => go('rules', [name])),
    ),
    ...valueOf(sensors)
      .filter(({ origin }) => origin !== 'built-in')
      .map(({ name, state }) => entry('sensor', name, name, state, () => go('sensors', [name]))),
    ...valueOf(settings).map(({ key, description }) =>
      entry('setting', key, key, description, () => go('config', [], { text: key })),
    ),
  ];
}

/** What the daemon finds by the words: tasks, memories, entities. @param {string} text @returns {Promise<Entry[]>} */
export async function foundEntries(text) {
  const [tasks, memories, entities] = await Promise.allSettled([
    request('tasks.list', { text, limit: foundOfEach }),
    request('memories.list', { text, limit: foundOfEach }),
    request('entities.search', { text, limit: foundOfEach }),
  ]);
  return [
    ...itemsOf(tasks).map(({ id, text: title }) =>
      found('task', id, title || `task ${id}`, `task ${id}`, () => go('tasks', [id])),
    ),
    ...itemsOf(memories).map(({ id, title, content }) =>
      found('memory', id, title ?? content, `memory ${id}`, () => go('memory', [id])),
    ),
    ...itemsOf(entities).map(({ id, name, kind }) =>
      found('entity', id, name, kind, () => go('graph', [id])),
    ),
  ];
}

/** The name of a conversation that begins now. */
export function newName() {
  return `talk-${Date.now().toString(36)}`;
}

/**
 * @param {Entry['kind']} kind @param {string | number} id @param {string} label @param {string} says
 * @param {() => void} run
 * @returns {Entry}
 */
function entry(kind, id, label, says, run) {
  return { id: `${kind}:${id}`, kind, label: label.slice(0, labelChars), says, run };
}

/** @param {Parameters<typeof entry>} parts @returns {Entry} */
function found(...parts) {
  return { ...entry(...parts), found: true };
}

/** @template Value @param {PromiseSettledResult<Value[]>} settled @returns {Value[]} */
function valueOf(settled) {
  return settled.status === 'fulfilled' ? settled.value : [];
}

/** @template Item @param {PromiseSettledResult<{ items: Item[] }>} settled @returns {Item[]} */
function itemsOf(settled) {
  return settled.status === 'fulfilled' ? settled.value.items : [];
}
