import { io } from '/vendor/socket.io.js';
import { createStore } from '../state/store.js';
import { keyHeaders, sessionKey } from './session-key.js';

/**
 * @typedef {import('../../../src/operations.ts').Answers} Answers
 * @typedef {import('../../../src/operations.ts').OperationName} OperationName
 * @typedef {import('../../../src/faces/dashboard/topics.ts').Topic} Topic
 * @typedef {{ [Name in keyof import('../../../src/faces/dashboard/protocol.ts').Pushes]:
 *   import('../../../src/lib/operations/json.ts').Json<import('../../../src/faces/dashboard/protocol.ts').Pushes[Name]> }} Pushes
 */
/**
 * @template {OperationName} Name
 * @typedef {import('../../../src/operations.ts').Request<Name>} RequestOf
 */

const answerMs = 15_000;

/** Why an operation failed; `message` is one sentence for people. */
export class Refusal extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** Whether the daemon hears us, and since when (epoch milliseconds). `lives` counts the connects. */
export const connection = createStore({ connected: false, denied: false, since: Date.now(), lives: 0 });

const socket = io({
  transports: ['websocket'],
  autoConnect: false,
  reconnectionDelayMax: 4_000,
  // Read at each connect: another tab may have come in anew meanwhile.
  auth: (give) => give({ key: sessionKey() }),
});

/** Wait before a refused socket is tried again; what the network breaks the library tries again by itself. */
const refusedMs = 1_000;

/** @type {Map<Topic, number>} */
const watched = new Map();

/** Opens the socket and keeps it open; call it once. Whoever has no session is sent to the door. */
export function connect() {
  socket.on('connect', () => {
    for (const topic of watched.keys()) void ask('watch', { topic }).catch(ignored);
    connection.set(({ lives }) => ({ connected: true, denied: false, since: Date.now(), lives: lives + 1 }));
  });
  socket.on('disconnect', (/** @type {string} */ reason) => {
    connection.set({ connected: false, since: Date.now() });
    // The server closed it on purpose, such as when it stops: the library would not try again by itself.
    if (reason === 'io server disconnect') socket.connect();
  });
  socket.on('connect_error', () => void checkSession());
  socket.connect();
}

/** A refused socket does not say why; the session does. */
async function checkSession() {
  const answer = await fetch('/session', { cache: 'no-store', headers: keyHeaders() }).catch(() => undefined);
  if (answer?.status === 401) {
    connection.set({ denied: true });
    location.assign('/enter');
  } else if (!socket.active) setTimeout(() => socket.connect(), refusedMs);
}

/**
 * Asks the daemon for something. Rejects with a `Refusal`, also when no answer comes in time or the line is down.
 * @template {OperationName} Name
 * @param {Name} name @param {RequestOf<Name>} input
 * @returns {Promise<Answers[Name]>}
 */
export function request(name, input) {
  return ask(name, input);
}

/** @param {string} name @param {unknown} input @returns {Promise<any>} */
async function ask(name, input) {
  if (!socket.connected)
    throw new Refusal('DISCONNECTED', 'The daemon is not connected; this works again when it is back.');
  const answer = await socket
    .timeout(answerMs)
    .emitWithAck(name, input)
    .catch(() => {
      throw new Refusal('NO_ANSWER', 'The daemon did not answer in time.');
    });
  if (answer.ok) return answer.data;
  throw new Refusal(answer.error.code, answer.error.message);
}

/**
 * Listens to what the daemon pushes; returns the function that stops it.
 * @template {keyof Pushes} Name
 * @param {Name} name @param {(pushed: Pushes[Name]) => void} listener
 */
export function listen(name, listener) {
  socket.on(name, /** @type {any} */ (listener));
  return () => void socket.off(name, /** @type {any} */ (listener));
}

/**
 * Follows a topic as long as somebody wants it, across reconnections; returns the function that stops it.
 * @param {Topic} topic
 */
export function watch(topic) {
  const before = watched.get(topic) ?? 0;
  watched.set(topic, before + 1);
  if (before === 0 && socket.connected) void ask('watch', { topic }).catch(ignored);
  return () => {
    const left = (watched.get(topic) ?? 1) - 1;
    if (left > 0) {
      watched.set(topic, left);
      return;
    }
    watched.delete(topic);
    if (socket.connected) void ask('unwatch', { topic }).catch(ignored);
  };
}

/** A topic that could not be joined shows as a panel that stands still; the next connect joins it again. */
function ignored() {}
