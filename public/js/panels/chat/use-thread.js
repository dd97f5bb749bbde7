import { connection, request } from '../../link/connection.js';
import { useNews, useTopic } from '../../link/use-feed.js';
import { useStore } from '../../state/use-store.js';
import { useCallback, useEffect, useRef, useState } from '../../view.js';
import { outbox } from './outbox.js';
import { stillPending, withPiece, withTurns } from './thread.js';

const pageSize = 50;
const mostTurns = 300;

/**
 * @typedef {object} ThreadState
 * @property {readonly import('./thread.js').ChatTurn[]} turns oldest first
 * @property {number | null} next where the page before begins; null at the conversation's beginning
 * @property {boolean} loaded
 * @property {Error | null} error
 */

/** @type {ThreadState} */
const nothingYet = { turns: [], next: null, loaded: false, error: null };

/**
 * One conversation as it is and as it goes on. Asked for anew on every reconnection and wherever a piece is missing.
 * @param {string} conversation
 */
export function useThread(conversation) {
  const lives = useStore(connection, (state) => state.lives);
  const [thread, setThread] = useState(nothingYet);
  const current = useRef(conversation);
  current.current = conversation;

  const load = useCallback(
    async (/** @type {number | undefined} */ before) => {
      try {
        const page = await request('chat.turns', {
          conversation,
          limit: pageSize,
          ...(before !== undefined && { before }),
        });
        if (current.current !== conversation) return;
        setThread((thread) => ({
          turns: withTurns(thread.turns, page.items),
          next: before !== undefined || !thread.loaded ? page.next : thread.next,
          loaded: true,
          error: null,
        }));
      } catch (error) {
        if (current.current === conversation)
          setThread((thread) => ({ ...thread, error: /** @type {Error} */ (error) }));
      }
    },
    [conversation],
  );

  useEffect(() => setThread(nothingYet), [conversation]);
  useTopic('chat');
  useEffect(() => {
    if (lives > 0) void load(undefined);
  }, [load, lives]);

  useNews('chat.turn', (turn) => {
    if (turn.conversation !== conversation) return;
    setThread((thread) => ({ ...thread, turns: bounded(withTurns(thread.turns, [turn])) }));
  });
  useNews('chat.text', (piece) => {
    if (piece.conversation !== conversation) return;
    setThread((thread) => {
      const { turns, gap } = withPiece(thread.turns, piece);
      if (gap) void load(undefined);
      return turns === thread.turns ? thread : { ...thread, turns };
    });
  });
  useEffect(() => {
    outbox.set(({ sent }) => ({ sent: stillPending(sent, thread.turns) }));
  }, [thread.turns]);

  const loadOlder = useCallback(() => {
    if (thread.next !== null) void load(thread.next);
  }, [load, thread.next]);
  return { ...thread, loadOlder, reload: () => void load(undefined) };
}

/** A conversation that goes on for weeks under an open page. @param {readonly import('./thread.js').ChatTurn[]} turns */
function bounded(turns) {
  return turns.length > mostTurns ? turns.slice(-mostTurns) : turns;
}
