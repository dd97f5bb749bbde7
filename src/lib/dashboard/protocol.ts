import type { Explanation, TaskCommandResult, TaskSummary, EventSummary } from '../control/api.ts';
import type { CostReport } from '../store/tasks/cost-report.ts';
import type * as view from './protocol/answers.ts';
import type { Finding, Goal, Machine, Wish, WishPage } from './protocol/decisions.ts';
import type {
  EntityView,
  GraphNode,
  GraphView,
  MemorySearch,
  MemoryView,
  Models,
} from './protocol/knowledge.ts';
import type { ActorPage, TreeChange, TreeView } from './protocol/tree.ts';

/*
 * The dashboard's protocol: what a page says to the daemon, and what it hears. socket.io on the page's own origin, at
 * its default path; the session cookie that the door sets opens it, and nothing else does.
 *
 * Asking. Every operation of `protocol/operations.ts` is a socket event of that name with an input and an acknowledgement:
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
 *     events   → `events`   the newest events of a batch and how many were left out; at most ten a second
 *     tasks    → `tasks`    rows that are new or changed; at most ten a second
 *     chat     → `chat.turn`, `chat.text`   of all conversations; nothing is left out
 *     task:42  → `task.text`, `task.step`   of one task; nothing is left out
 *     tree     → `tree`     changes; at most ten a second, with what was left out counted
 *     decide   → `decide`   which lists to ask for anew
 * Pushed to everybody: `hello` on each connect, `notice` when the owner should know something (it stays among `now`'s notices until
 * it was seen), `settings` when one changed.
 *
 * Chat. `chat.send` is acknowledged when the message is safe on the disk (DESIGN's accepted signal). A page that did not hear
 * the acknowledgement sends the same message with the same `dedupKey` again, which cannot double it. Its turn comes as
 * `chat.turn` when it is routed, again with every change of state, and last with the whole reply; in between, `chat.text`.
 *
 * The door, over HTTP. `POST /session` `{ code }` changes the one-time code of a link (`/enter#<code>`: a fragment never
 * reaches a server or a log) for the cookie: 204, or 401, or 429 after many wrong ones. `GET /session` is 204 with a good
 * cookie, else 401. `DELETE /session` forgets the cookie. A socket without a good cookie fails with `connect_error`.
 *
 * Texts in answers are texts: whoever shows them escapes them.
 */

/** What each operation answers. */
export interface Answers {
  'hello.get': view.Hello;
  'now.get': view.Now;
  'now.history': view.NowHistory;
  'events.list': view.Page<EventSummary>;
  'event.get': view.EventDetail;
  'event.replay': { eventId: number; message: string };
  'events.explain': Explanation;
  'tasks.list': view.Page<TaskSummary>;
  'task.get': view.TaskPage;
  'task.cancel': TaskCommandResult;
  'task.retry': TaskCommandResult;
  'task.steer': TaskCommandResult;
  'chat.conversations': view.Conversation[];
  /** Newest first, as every page. */
  'chat.turns': view.Page<view.ChatTurn>;
  /** `repeated`: a message with this `dedupKey` was accepted before. */
  'chat.send': { dedupKey: string; repeated: boolean };
  'chat.read': { conversation: string; unread: number };
  'memory.search': MemorySearch;
  'memories.list': view.Page<MemoryView>;
  'memory.get': MemoryView;
  'memory.add': MemoryView;
  'memory.edit': MemoryView;
  'memory.pin': MemoryView;
  'memory.forget': { id: number };
  'models.get': Models;
  'graph.get': GraphView;
  'entities.search': GraphNode[];
  'entity.get': EntityView;
  'wishes.list': view.Page<Wish>;
  'wish.get': WishPage;
  'wish.add': Wish;
  'wish.decide': Wish;
  'findings.list': view.Page<Finding>;
  'finding.decide': Finding;
  'goals.list': Goal[];
  'goal.run': { goalId: number; message: string };
  'goal.pause': Goal;
  'fleet.list': Machine[];
  'config.list': view.SettingField[];
  'config.set': view.SettingField;
  'config.unset': view.SettingField;
  'activity.list': view.Page<view.Activity>;
  'notices.list': view.Page<view.Notice>;
  'notices.see': { unseen: number };
  'cost.get': CostReport;
  'tree.get': TreeView;
  'tree.actor': ActorPage;
}

/** The acknowledgement of everything. */
export type Answer<Data> = { ok: true; data: Data } | { ok: false; error: { code: string; message: string } };

/** What a page hears. */
export interface ServerToClient {
  hello: (hello: view.Hello) => void;
  notice: (notice: Omit<view.Notice, 'id' | 'seenAt'>) => void;
  settings: (change: { keys: string[] }) => void;
  now: (now: view.Now) => void;
  /** Newest first. */
  events: (batch: { items: EventSummary[]; omitted: number }) => void;
  tasks: (batch: { items: TaskSummary[]; omitted: number }) => void;
  'chat.turn': (turn: view.ChatTurn) => void;
  'chat.text': (piece: view.TaskText & { conversation: string }) => void;
  'task.text': (piece: view.TaskText) => void;
  'task.step': (step: view.TaskStep & { taskId: number }) => void;
  tree: (change: TreeChange) => void;
  decide: (change: { lists: Array<'wishes' | 'findings' | 'goals' | 'fleet' | 'config'> }) => void;
}
