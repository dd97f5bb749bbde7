/**
 * @typedef {import('../../../../src/operations.ts').Answers['chat.turns']['items'][number]} ChatTurn
 * @typedef {import('../../../../src/tasks/task-view.ts').TaskText} TaskText
 * @typedef {Pick<TaskText, 'eventId' | 'stream' | 'offset' | 'text'>} Piece
 */

/**
 * The turns, oldest first, with these put in: a turn that is there already is replaced. While a reply is being written
 * the longer of the two texts stays, since a piece may have overtaken the turn.
 * @param {readonly ChatTurn[]} turns @param {readonly ChatTurn[]} added
 * @returns {readonly ChatTurn[]}
 */
export function withTurns(turns, added) {
  if (added.length === 0) return turns;
  const byId = new Map(turns.map((turn) => [turn.eventId, turn]));
  for (const turn of added) byId.set(turn.eventId, merged(byId.get(turn.eventId), turn));
  return [...byId.values()].sort((one, other) => one.eventId - other.eventId);
}

/** @param {ChatTurn | undefined} before @param {ChatTurn} turn */
function merged(before, turn) {
  if (before === undefined) return turn;
  if (turn.live === null || before.live?.stream !== turn.live.stream) return turn;
  return before.reply.length > turn.reply.length ? { ...turn, reply: before.reply } : turn;
}

/**
 * The turns with a piece of a reply put in: appended where it follows what is there, skipped as far as it is known, and
 * `gap` where something between is missing and has to be asked for.
 * @param {readonly ChatTurn[]} turns @param {Piece} piece
 * @returns {{ turns: readonly ChatTurn[], gap: boolean }}
 */
export function withPiece(turns, piece) {
  const index = turns.findIndex(({ eventId }) => eventId === piece.eventId);
  const turn = turns[index];
  if (turn === undefined || isOver(turn)) return { turns, gap: false };
  const known = turn.live?.stream === piece.stream ? turn.reply : '';
  const grown = extended(known, piece);
  if (grown === null) return { turns, gap: true };
  if (grown === known && turn.live?.stream === piece.stream) return { turns, gap: false };
  const changed = { ...turn, reply: grown, live: { stream: piece.stream } };
  return { turns: turns.map((each, at) => (at === index ? changed : each)), gap: false };
}

/**
 * A text with a piece that says where it begins; null where something between is missing.
 * @param {string} known @param {{ offset: number, text: string }} piece
 */
export function extended(known, { offset, text }) {
  if (offset > known.length) return null;
  return known + text.slice(known.length - offset);
}

/** Whether nothing more will come of a turn. @param {ChatTurn} turn */
export function isOver({ endedAt, live }) {
  return endedAt !== null && live === null;
}

/**
 * Messages that were sent and whose turn has not come yet.
 * @template {{ dedupKey: string }} Sent
 * @param {readonly Sent[]} outbox @param {readonly ChatTurn[]} turns
 * @returns {readonly Sent[]}
 */
export function stillPending(outbox, turns) {
  const arrived = new Set(turns.map(({ dedupKey }) => dedupKey));
  const left = outbox.filter(({ dedupKey }) => !arrived.has(dedupKey));
  return left.length === outbox.length ? outbox : left;
}

/**
 * When the last reply ended; a message that was answered at once may have overtaken one before it.
 * @param {readonly Pick<ChatTurn, 'endedAt'>[]} turns
 * @returns {string | null} ISO 8601
 */
export function lastEnd(turns) {
  return turns.reduce(
    (/** @type {string | null} */ last, { endedAt }) =>
      endedAt !== null && (last === null || Date.parse(endedAt) > Date.parse(last)) ? endedAt : last,
    null,
  );
}
