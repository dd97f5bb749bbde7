import type { ChatTurn } from '../../chat/turn.ts';
import type { EventSummary } from '../../events/event-view.ts';
import type { TreeChange } from '../../inspection/tree-view.ts';
import type { OutboxFacts } from '../../outbox/facts.ts';
import type { TaskStep, TaskSummary, TaskText } from '../../tasks/task-view.ts';
import type { Hello } from './hello.ts';
import type { Now } from './now.ts';
import type { TaskFailures } from './task-failures.ts';

/*
 * The dashboard's protocol: what a page says to the daemon, and what it hears. socket.io on the page's own origin, at
 * its default path; the cookie of a session opens it together with the session's key, which the page sends as `auth: { key }`,
 * and nothing else does.
 *
 * Asking. Every operation of `src/operations.ts` is a socket event of that name with an input and an acknowledgement:
 *     socket.emit('tasks.list', { state: 'running' }, (answer) => …)
 * `answer` is `{ ok: true, data }` with the type in `Answers`, or `{ ok: false, error: { code, message } }`; the codes are
 * USAGE (the input is wrong: the message says where), NOT_FOUND, CONFLICT (does not fit the state of things), STORE_AWAY
 * (the database is away: try again), UNAVAILABLE (this part is not there), TOO_FAST (slow down), INTERNAL. The message is one
 * sentence for people. Scripts find the same under `/api` (method and path stand in the table) with `Authorization: Bearer`
 * and the token of the home; there an error is `{ error: { code, message } }` with the fitting status.
 *
 * Following. `watch` joins a topic, `unwatch` leaves it. Watch first, then ask for the whole (`now.get`, `tree.get`, …), then
 * apply what comes: nothing is lost between the two, and applying something twice changes nothing, since everything that is
 * pushed either replaces (rows by id, turns by eventId, actors by path) or carries an offset (`TaskText`).
 * Do both again on every `connect`: that heals every gap, whatever the connection went through.
 *     now      → `now`      replaces; at most two a second, lost while the page cannot keep up
 *              → `task.failed`  the newest tasks that ended badly, and how many were left out
 *     events   → `events`   the newest events of a batch and how many were left out; at most ten a second
 *     tasks    → `tasks`    rows that are new or changed; at most ten a second
 *     chat     → `chat.turn`, `chat.text`   of all conversations; nothing is left out
 *     task:42  → `task.text`, `task.step`   of one task; nothing is left out
 *     tree     → `tree`     changes; at most ten a second, with what was left out counted
 *     lists    → `lists`    names of operations to ask anew, such as `wishes.list`
 * Pushed to everybody: `hello` on each connect, `owner.told` when the owner should know something (it
 * waits in `now` until it was seen), `settings` when one changed.
 *
 * Chat. `chat.send` is acknowledged when the message is safe on the disk (DESIGN's accepted signal). A page that did not hear
 * the acknowledgement sends the same message with the same `dedupKey` again, which cannot double it. Its turn comes as
 * `chat.turn` when it is routed, again with every change of state, and last with the whole reply; in between, `chat.text`.
 *
 * The door, over HTTP. `POST /session` `{ code }` changes the one-time code of a link (`/enter#<code>`: a fragment never
 * reaches a server or a log) for the halves of a session, a cookie and in the header `x-ninjad-key` a key that the page keeps in
 * localStorage, since a browser sends cookies to every port of a host: 204, or 401, or 429 after many wrong ones. Each
 * request shows both. `GET /session` is 204 with both, else 401. `DELETE /session` ends the session with its sockets. A
 * socket without a good cookie and key fails with `connect_error`.
 *
 * Texts in answers are texts: whoever shows them escapes them.
 */

/** Pushes to pages by name; they travel as JSON. */
export interface Pushes {
  hello: Hello;
  'owner.told': OutboxFacts['owner.told'] & { at: Date };
  settings: { keys: string[] };
  now: Now;
  'task.failed': TaskFailures;
  /** Newest first. */
  events: { items: EventSummary[]; omitted: number };
  tasks: { items: TaskSummary[]; omitted: number };
  'chat.turn': ChatTurn;
  'chat.text': TaskText & { conversation: string };
  'task.text': TaskText;
  'task.step': TaskStep & { taskId: number };
  tree: TreeChange;
  lists: { lists: string[] };
}
