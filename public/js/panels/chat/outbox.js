import { connection, Refusal, request } from '../../link/connection.js';
import { createStore } from '../../state/store.js';

/**
 * @typedef {object} Sent
 * @property {string} dedupKey made once for each message: sent again it doubles nothing
 * @property {string} conversation
 * @property {string} text
 * @property {readonly { upload: string, name: string }[]} [attachments] files that are there already
 * @property {number} at epoch milliseconds
 * @property {'sending' | 'accepted' | 'refused'} state `accepted`: it is on the daemon's disk
 * @property {string} [problem]
 */

const storageKey = 'ninjad.outbox';
const most = 50;

/** What the owner wrote and whose turn has not come yet. It outlives a reload of the page and an outage of the daemon. */
export const outbox = createStore({ sent: /** @type {readonly Sent[]} */ (remembered()) });

outbox.subscribe(() => {
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(outbox.get().sent));
  } catch {
    // Storage may be full or forbidden: then a reload forgets what was not sent yet.
  }
});

/**
 * @param {string} conversation @param {string} text
 * @param {readonly { upload: string, name: string }[]} [attachments]
 */
export function sendMessage(conversation, text, attachments = []) {
  const sent = {
    dedupKey: `page:${crypto.randomUUID()}`,
    conversation,
    text,
    attachments,
    at: Date.now(),
    state: /** @type {const} */ ('sending'),
  };
  outbox.set((before) => ({ sent: [...before.sent, sent].slice(-most) }));
  void deliver(sent);
}

/** Tries a refused message again. @param {string} dedupKey */
export function sendAgain(dedupKey) {
  const sent = outbox.get().sent.find((each) => each.dedupKey === dedupKey);
  if (sent !== undefined) void deliver(sent);
}

/** @param {string} dedupKey */
export function forgetMessage(dedupKey) {
  outbox.set(({ sent }) => ({ sent: sent.filter((each) => each.dedupKey !== dedupKey) }));
}

/** @param {Sent} message */
async function deliver({ dedupKey, conversation, text, attachments = [] }) {
  change(dedupKey, { state: 'sending' });
  try {
    await request('chat.send', { conversation, text, dedupKey, attachments: [...attachments] });
    change(dedupKey, { state: 'accepted' });
  } catch (thrown) {
    // Whether it arrived is not known: it stays, and goes again with the next connect.
    if (thrown instanceof Refusal && ['DISCONNECTED', 'NO_ANSWER'].includes(thrown.code)) return;
    change(dedupKey, {
      state: 'refused',
      problem: thrown instanceof Error ? thrown.message : String(thrown),
    });
  }
}

/** @param {string} dedupKey @param {Partial<Sent>} patch */
function change(dedupKey, patch) {
  outbox.set(({ sent }) => ({
    sent: sent.map((each) => (each.dedupKey === dedupKey ? { ...each, ...patch } : each)),
  }));
}

let livesSeen = 0;
connection.subscribe(() => {
  const { connected, lives } = connection.get();
  if (!connected || lives === livesSeen) return;
  livesSeen = lives;
  for (const message of outbox.get().sent) if (message.state === 'sending') void deliver(message);
});

/** @returns {Sent[]} */
function remembered() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}
