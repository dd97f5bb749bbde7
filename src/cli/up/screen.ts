import type { Screen, ScreenFeeds } from '../../faces/terminal.ts';
import type { TaskFacts } from '../../tasks/facts.ts';
import { paint } from '../paint.ts';
import { cut, oneLine } from '../printable.ts';
import { duration } from '../units.ts';
import { greetingLines } from './greeting.ts';

type Ended = TaskFacts['task.ended'];

export interface ScreenOptions {
  out: NodeJS.WriteStream;
  logFile: string;
  /** Epoch milliseconds; for tests. */
  now?: () => number;
}

const unknownWidth = 80;
const shownWaits = 3;
/** Erases the line that the cursor is in. */
const eraseLine = '\r\u001B[K';

/** The terminal of `ninjad up`: a greeting, a line for each task, and what it waits for at the end. */
export function createScreen({ out, logFile, now = Date.now }: ScreenOptions): Screen {
  const startedAt = now();
  const dashboard = deferred<Parameters<Screen['dashboard']>[0]>();
  const begun = new Map<number, { text: string; at: number }>();
  const print = (lines: readonly string[]): void => {
    out.write(lines.map((line) => `${line}\n`).join(''));
  };
  out.write(paint('dim', 'ninjad starts …'));
  return {
    dashboard: dashboard.resolve,
    async ready(status) {
      const end = paint('dim', 'A line for each task follows. Ctrl-C stops it.');
      const tookMs = now() - startedAt;
      const link = await dashboard.promise;
      out.write(eraseLine);
      print([...greetingLines({ status, tookMs, dashboard: link, logFile, end }), '']);
    },
    follow({ bus, runningTasks }) {
      // A task that has just become running is not among them yet; it is once it does something.
      const note = ({ taskId }: { taskId: number }): void => {
        const seen = begun.get(taskId);
        if (seen === undefined || seen.text !== '') return;
        seen.text = runningTasks().find((task) => task.taskId === taskId)?.text ?? '';
      };
      const ends = [
        bus.on('task.state', ({ taskId, state }) => {
          if (state === 'running') begun.set(taskId, { text: '', at: now() });
        }),
        bus.on('task.progress', note),
        bus.on('task.text', note),
        bus.on('task.ended', (task) => {
          note(task);
          const seen = begun.get(task.taskId);
          begun.delete(task.taskId);
          print([taskLine(task, seen, now(), out.columns || unknownWidth)]);
        }),
      ];
      return () => {
        for (const end of ends) end();
      };
    },
    stopping: (feeds) => print([eraseLine + stoppingLine(feeds)]),
    ended: (text) => print([text]),
  };
}

function taskLine(
  { taskId, state, reply, reason }: Ended,
  seen: { text: string; at: number } | undefined,
  now: number,
  width: number,
): string {
  const isDone = state === 'done';
  const took = seen === undefined ? '' : ` in ${duration(now - seen.at)}`;
  const head = `${clock(now)} task ${taskId} ${state}${took}`;
  const about = oneLine(isDone ? seen?.text || reply : [reason, seen?.text].filter(Boolean).join(' – '));
  const mark = isDone ? paint('green', '✓') : paint('red', '✗');
  return `${mark} ${head}${about === '' ? '' : `: ${cut(about, Math.max(20, width - head.length - 5))}`}`;
}

/** What the end waits for, and for how long at most. */
function stoppingLine({ runningTasks, drainMs }: ScreenFeeds): string {
  const running = runningTasks();
  if (running.length === 0) return 'Stopping.';
  const named = running
    .slice(0, shownWaits)
    .map(({ taskId, text }) => `task ${taskId} (${cut(oneLine(text), 30)})`)
    .join(', ');
  const more = running.length > shownWaits ? ` and ${running.length - shownWaits} more` : '';
  return `Stopping: waits up to ${duration(drainMs)} for ${named}${more}. Ctrl-C again ends at once.`;
}

function clock(at: number): string {
  return new Date(at).toTimeString().slice(0, 5);
}

function deferred<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => (resolve = settle));
  return { promise, resolve };
}
