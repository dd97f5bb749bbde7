import type { EventFacts } from '../../../events/facts.ts';
import type { TaskFacts } from '../../../tasks/facts.ts';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '../../../lib/bus.ts';
import { StoreAwayError } from '../../../lib/errors.ts';
import { findTurns } from '../../../chat/rows/turns.ts';
import type { EventRecord } from '../../../events/rows/record-events.ts';
import type { Store } from '../../../lib/store/store.ts';
import { findTasks } from '../../../tasks/rows/search-tasks.ts';
import { type TaskStep, taskSummary, type TaskText } from '../../../tasks/task-view.ts';
import { summaryOfRecord } from '../../../events/event-view.ts';
import { turnOf } from '../../../chat/turn.ts';
import type { FeedOutput } from './feeds.ts';
import { agentWays } from '../../../tasks/agents/known-kind.ts';
import type { LiveReplies } from '../../../tasks/live-replies.ts';

export interface RelayDeps {
  bus: Pick<Bus<EventFacts & TaskFacts>, 'on'>;
  store: Pick<Store, 'query'>;
  live: LiveReplies;
  output: FeedOutput;
  /** The conversation of a task that runs here. */
  conversationOf: (taskId: number) => string | null;
  report: (thrown: unknown, what: string) => void;
}

/** Events, tasks and chat for whoever follows them. */
export interface Relay {
  flush(): Promise<void>;
  /** Asks for a flush where rows were left: more than one flush takes, or the store was away. */
  beat(): void;
  close(): void;
}

const shownEvents = 50;
/** Rows that one flush asks the store for; what is beyond comes with the next one. */
const rowsPerFlush = 100;
/** A flush waits so long for the store; what comes later is pushed when it comes. */
const rowsDeadlineMs = 250;
const maxWaitingRows = 5_000;
const maxSteps = 100;
/** As long as the dashboard gathers. */
const gatherMs = 100;

/**
 * Gathers what the bus says between two flushes: of events the newest, of tasks and turns which rows changed, of replies all
 * pieces after the first words, joined. What nobody follows is not gathered. Rows are read at the flush, or when a task ends,
 * so ten changes of one cost one read; while the store is away they wait.
 */
export function createRelay({ bus, store, live, output, conversationOf, report }: RelayDeps): Relay {
  const events: EventRecord[] = [];
  let omitted = 0;
  const taskIds = new Set<number>();
  const taskEventIds = new Set<number>();
  const turnEventIds = new Set<number>();
  let pieces: TaskText[] = [];
  const steps = new Map<number, TaskStep[]>();
  /** When words of a running task were last pushed past the gathering. */
  const pushed = new Map<number, { stream: string; at: number }>();
  let endPushedAt = -Infinity;

  const gather = (): void => output.pending();
  const noteStep = (taskId: number, step: TaskStep): void => {
    if (!output.isWatched(`task:${taskId}`)) return;
    const list = steps.get(taskId) ?? [];
    // Of the doings in a row only the last one is news.
    if (step.kind === 'progress' && list.at(-1)?.kind === 'progress') list.pop();
    if (list.length < maxSteps) list.push(step);
    steps.set(taskId, list);
    gather();
  };
  const noteTask = (taskId: number, eventId: number): void => {
    if (output.isWatched('tasks')) add(taskIds, taskId, gather);
    if (output.isWatched('chat')) add(turnEventIds, eventId, gather);
  };

  const stops = [
    bus.on('events.recorded', ({ records }) => {
      if (output.isWatched('events')) {
        omitted += Math.max(0, events.length + records.length - shownEvents);
        for (const record of records.slice(-shownEvents)) events.push(record);
        events.splice(0, events.length - shownEvents);
        gather();
      }
      const isTasksWatched = output.isWatched('tasks');
      const isChatWatched = output.isWatched('chat');
      if (!isTasksWatched && !isChatWatched) return;
      for (const { id, status, conversation } of records) {
        if (isTasksWatched && status === 'task') add(taskEventIds, id, gather);
        if (isChatWatched && conversation !== undefined) add(turnEventIds, id, gather);
      }
    }),
    bus.on('task.state', ({ taskId, eventId, state, reason }) => {
      // Its last words come before the news of its end.
      if (state !== 'running' && pushed.delete(taskId)) pushPieces();
      noteTask(taskId, eventId);
      noteStep(taskId, { kind: 'state', at: Date.now(), state, reason: reason ?? null });
      if (isOver(state)) hurry();
    }),
    bus.on('task.progress', ({ taskId, eventId, progress }) => {
      noteTask(taskId, eventId);
      noteStep(taskId, { kind: 'progress', at: Date.now(), text: progress });
    }),
    bus.on('task.steered', ({ taskId, eventId }) => noteTask(taskId, eventId)),
    live.onPiece(({ reply: { taskId, eventId, stream }, offset, text }) => {
      if (!output.isWatched('chat') && !output.isWatched(`task:${taskId}`)) return;
      const last = pieces.findLast((piece) => piece.stream === stream);
      if (last !== undefined) last.text += text;
      else {
        pieces.push({ taskId, eventId, stream, offset, text });
        if (isFirst(taskId, stream)) queueMicrotask(pushPieces);
      }
      gather();
    }),
  ];

  /** First words, and the first ones after a pause, wait for no flush: of a stream they are no more frequent than flushes. */
  function isFirst(taskId: number, stream: string): boolean {
    const at = performance.now();
    const before = pushed.get(taskId);
    if (before?.stream === stream && at - before.at < gatherMs) return false;
    pushed.set(taskId, { stream, at });
    return true;
  }

  /** An end waits for no flush either, unless another one has just been pushed so. */
  function hurry(): void {
    const at = performance.now();
    if (at - endPushedAt < gatherMs || taskIds.size + turnEventIds.size === 0) return;
    endPushedAt = at;
    queueMicrotask(() => void pushRows());
  }

  function pushPieces(): void {
    const gathered = pieces;
    pieces = [];
    for (const piece of gathered) {
      output.push(`task:${piece.taskId}`, 'task.text', piece);
      const conversation = conversationOf(piece.taskId);
      if (conversation !== null) output.push('chat', 'chat.text', { ...piece, conversation });
    }
  }

  function pushSteps(): void {
    for (const [taskId, list] of steps)
      for (const step of list) output.push(`task:${taskId}`, 'task.step', { ...step, taskId });
    steps.clear();
  }

  function pushEvents(): void {
    if (events.length === 0) return;
    const items = events.splice(0).reverse().map(summaryOfRecord);
    output.push('events', 'events', { items, omitted });
    omitted = 0;
  }

  async function pushTasks(): Promise<void> {
    const ids = take(taskIds);
    const eventIds = take(taskEventIds);
    if (ids.length + eventIds.length === 0) return;
    await orKeep(
      async () => {
        const rows = await findTasks(store, { ids, eventIds });
        output.push('tasks', 'tasks', { items: rows.map(taskSummary), omitted: 0 });
      },
      () => {
        for (const id of ids) taskIds.add(id);
        for (const id of eventIds) taskEventIds.add(id);
      },
    );
  }

  async function pushTurns(): Promise<void> {
    const eventIds = take(turnEventIds);
    if (eventIds.length === 0) return;
    await orKeep(
      async () => {
        for (const row of await findTurns(store, eventIds))
          output.push('chat', 'chat.turn', turnOf(row, { replyOf: (taskId) => live.of(taskId), agentWays }));
      },
      () => {
        for (const id of eventIds) turnEventIds.add(id);
      },
    );
  }

  let isReading = false;
  async function pushRows(): Promise<void> {
    if (isReading) return;
    isReading = true;
    try {
      await pushTasks();
      await pushTurns();
    } catch (thrown) {
      report(thrown, 'the feed of tasks and chat');
    } finally {
      isReading = false;
    }
  }

  return {
    async flush() {
      pushEvents();
      pushPieces();
      pushSteps();
      // A store that does not answer must not hold up what needs no store.
      await Promise.race([pushRows(), delay(rowsDeadlineMs, undefined, { ref: false })]);
    },
    beat() {
      if (taskIds.size + taskEventIds.size + turnEventIds.size > 0) gather();
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}

function isOver(state: string): boolean {
  return state !== 'queued' && state !== 'running';
}

/** Rows of a flood that nobody could read are dropped: the page asks for the whole when it comes back. */
function add(ids: Set<number>, id: number, gather: () => void): void {
  if (ids.size < maxWaitingRows) ids.add(id);
  gather();
}

function take(ids: Set<number>): number[] {
  const taken = [...ids].slice(0, rowsPerFlush);
  for (const id of taken) ids.delete(id);
  return taken;
}

async function orKeep(work: () => Promise<void>, keep: () => void): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (!(thrown instanceof StoreAwayError)) throw thrown;
    keep();
  }
}
