import { listen, request, watch, connection } from '../link/connection.js';
import { appended, withinAge } from './bounded.js';
import { createStore } from './store.js';

/**
 * @typedef {import('../../../src/operations.ts').Answers['now.get']} Now
 */

const depthsKeptMs = 60_000;
const titleChars = 60;

/** What every panel may want to know; bounded, however long the page stays open. */
export const live = createStore({
  hello: /** @type {import('../../../src/operations.ts').Answers['hello.get'] | null} */ (null),
  now: /** @type {Now | null} */ (null),
  /** For the ninja: how the mailbox grew, and the last answer to the owner. */
  depths: /** @type {readonly { at: number, depth: number }[]} */ ([]),
  served: /** @type {{ at: number, title: string } | null} */ (null),
});

/** Follows the daemon's pulse; call it once. */
export function followPulse() {
  watch('now');
  watch('lists');
  watch('chat');
  listen('hello', (hello) => live.set({ hello }));
  listen('now', takePulse);
  listen('chat.turn', (turn) => {
    if (turn.state === 'done' && turn.taskId !== null && turn.endedAt !== null)
      live.set({ served: { at: new Date(turn.endedAt).getTime(), title: clipped(turn.text) } });
  });
  let lives = 0;
  connection.subscribe(() => {
    const before = lives;
    lives = connection.get().lives;
    if (lives !== before) void refresh();
  });
}

async function refresh() {
  const now = await request('now.get', {}).catch(() => undefined);
  if (now !== undefined) takePulse(now);
}

/** @param {Now} now */
function takePulse(now) {
  live.set(({ depths }) => ({
    now,
    depths: withinAge(
      appended(depths, [{ at: now.at, depth: now.status.mailbox.depth }], 300),
      now.at,
      depthsKeptMs,
    ),
  }));
}

/** @param {string} text */
function clipped(text) {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > titleChars ? `${line.slice(0, titleChars - 1)}…` : line;
}
