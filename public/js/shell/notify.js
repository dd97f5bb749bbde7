import { toast } from '../components/toasts.js';
import { listen } from '../link/connection.js';
import { createStore } from '../state/store.js';
import { go } from './location.js';

const storageKey = 'ninjad.notify';
const textChars = 200;

/** Whether the owner wants to be told by this browser, also while another tab or program is in front. */
export const notifying = createStore({ wanted: remembered() });

/** Asks the browser where it has to be asked, and keeps what the owner wants. @param {boolean} wanted */
export async function wantNotifications(wanted) {
  if (!wanted) {
    keep(false);
    toast('This browser tells you nothing any more.');
    return;
  }
  const answer = 'Notification' in globalThis ? await Notification.requestPermission() : 'denied';
  keep(answer === 'granted');
  if (answer === 'granted') toast('This browser tells you what comes while you look elsewhere.');
  else
    toast('The browser does not allow notifications of this page; its settings for the site can.', {
      tone: 'orange',
    });
}

/** Tells of news and replies while the page is out of sight; call it once. */
export function followNews() {
  listen('owner.told', ({ text, taskId }) =>
    tell('ninjad tells you', text, () => (taskId === null ? go('now') : go('tasks', [taskId]))),
  );
  listen('chat.turn', (turn) => {
    if (turn.state !== 'done' || turn.taskId === null || turn.live !== null) return;
    tell('A reply is there', turn.reply, () => go('chat', [turn.conversation]), `turn-${turn.eventId}`);
  });
}

/** @param {string} title @param {string} text @param {() => void} onOpen @param {string} [tag] one takes the place of another */
function tell(title, text, onOpen, tag) {
  if (!document.hidden || !notifying.get().wanted || Notification.permission !== 'granted') return;
  const note = new Notification(title, {
    body: text.slice(0, textChars),
    icon: '/icon-192.png',
    ...(tag !== undefined && { tag }),
  });
  note.onclick = () => {
    focus();
    onOpen();
    note.close();
  };
}

/** @param {boolean} wanted */
function keep(wanted) {
  notifying.set({ wanted });
  try {
    if (wanted) localStorage.setItem(storageKey, 'on');
    else localStorage.removeItem(storageKey);
  } catch {
    // A browser that keeps nothing is asked again after a reload.
  }
}

function remembered() {
  try {
    return localStorage.getItem(storageKey) === 'on';
  } catch {
    return false;
  }
}
