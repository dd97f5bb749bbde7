import { noteOf } from '../memory/note-of.ts';
import type { Recall } from '../recall/recall.ts';
import { trustOf } from '../recall/trust.ts';
import type { Reflex, Reflexes } from '../router/reflex.ts';
import { commandOf } from '../router/route.ts';
import type { SpendState } from '../spend/ledger.ts';
import { costText } from '../spend/words.ts';
import { type CostGrouping, costGroupings, costReport } from '../store/tasks/cost-report.ts';
import type { Store } from '../store/store.ts';

/** A task that runs now, as `/stop` sees it. */
export interface RunningTask {
  taskId: number;
  conversation: string | null;
  /** The beginning of its prompt. */
  text: string;
}

export interface ReflexDeps {
  store: Store;
  recall: Recall;
  /** A few lines on how the daemon is. */
  statusText: () => Promise<string>;
  runningTasks: () => RunningTask[];
  cancelTask: (taskId: number) => void;
  spend: () => SpendState;
  now?: () => number;
}

const commands: readonly { usage: string; does: string }[] = [
  { usage: '/status', does: 'how the daemon is: queue, tasks, spending' },
  {
    usage: '/stop',
    does: 'stops the running task of this conversation; /stop 12 stops task 12, /stop all every task',
  },
  { usage: '/remember TEXT', does: 'keeps TEXT' },
  { usage: '/recall TEXT', does: 'what is remembered about TEXT' },
  {
    usage: '/cost',
    does: 'what the tasks cost, by day; /cost category and /cost model group them otherwise',
  },
  { usage: '/help', does: 'this list' },
];
const recallLimit = 5;
const costDays = 7;
const recallBudgetTokens = 1_000;

/** The reflexes that the default rules name. */
export function createReflexes(deps: ReflexDeps): Reflexes {
  const now = deps.now ?? Date.now;

  const stop: Reflex = ({ event }) => {
    const running = deps.runningTasks();
    const wanted = argumentOf(event.text);
    const chosen = chooseTasks(running, wanted, event.conversation);
    if (chosen.length === 0) return { reply: nothingToStop(running, wanted) };
    for (const { taskId } of chosen) deps.cancelTask(taskId);
    return { reply: `Stopping ${chosen.map(({ taskId, text }) => `task ${taskId} (${text})`).join(', ')}.` };
  };

  const recall: Reflex = async ({ event }) => {
    const text = argumentOf(event.text);
    if (text === '') return { reply: 'What should I recall? Write /recall and some words.' };
    const signal = AbortSignal.timeout(10_000);
    const { memories, degraded } = await deps.recall({
      text,
      limit: recallLimit,
      budgetTokens: recallBudgetTokens,
      signal,
    });
    const lines = memories.map(({ kind, source, content }) => `- (${kind}, ${source}) ${content}`);
    return {
      reply: [
        ...(lines.length === 0 ? ['I remember nothing about that.'] : lines),
        ...(degraded === null ? [] : [`(${degraded})`]),
      ].join('\n'),
    };
  };

  return {
    record: () => ({}),
    note: ({ event }) => ({ note: noteOf(event) }),
    remember: ({ event }) => {
      const content = argumentOf(event.text);
      if (content === '') return { reply: 'What should I remember? Write /remember and the text.' };
      return {
        reply: 'I will remember that.',
        note: { content, kind: 'fact', trust: trustOf(event.source) },
      };
    },
    recall,
    stop,
    status: async () => ({ reply: await deps.statusText() }),
    help: ({ event }) => ({ reply: helpText(commandOf(event.text)) }),
    cost: async ({ event }) => {
      const by = groupingOf(argumentOf(event.text));
      if (by === undefined) return { reply: `By what? Write /cost ${costGroupings.join(', /cost ')}.` };
      const report = await costReport(deps.store, { by, days: costDays, now: new Date(now()) });
      return { reply: costText(report, deps.spend()) };
    },
  };
}

function helpText(command: string | undefined): string {
  const list = commands.map(({ usage, does }) => `${usage} – ${does}`).join('\n');
  return command === undefined || command === 'help'
    ? list
    : `There is no command /${command}. There are:\n${list}`;
}

function groupingOf(word: string): CostGrouping | undefined {
  return word === '' ? 'day' : costGroupings.find((grouping) => grouping === word.toLowerCase());
}

function argumentOf(text: string): string {
  return text.replace(/^\/\S+\s*/, '').trim();
}

function chooseTasks(
  running: readonly RunningTask[],
  wanted: string,
  conversation: string | undefined,
): RunningTask[] {
  if (wanted === 'all') return [...running];
  if (wanted !== '') return running.filter(({ taskId }) => String(taskId) === wanted);
  if (conversation !== undefined) return running.filter((task) => task.conversation === conversation);
  return running.length === 1 ? [...running] : [];
}

function nothingToStop(running: readonly RunningTask[], wanted: string): string {
  if (running.length === 0) return 'Nothing is running.';
  const list = running.map(({ taskId, text }) => `${taskId} (${text})`).join(', ');
  const why = wanted === '' ? 'Which one?' : `No running task is ${JSON.stringify(wanted)}.`;
  return `${why} Running: ${list}. Write /stop and a number, or /stop all.`;
}
