import { appendFileSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskAttempt } from './rows/attempt.ts';
import type { StreamEvent } from './run/stream-event.ts';

/** A call of a tool; `input` is its command, or JSON, clipped. */
export interface Deed {
  tool: string;
  input: string;
}

/**
 * Account of what running agents do, in files of the home that outlive a SIGKILL of the daemon: which session they go by,
 * and which tool calls were begun and answered. An attempt's file goes when its outcome is recorded.
 */
export interface Deeds {
  /** Takes note of what matters in these events. Never throws: on a full disk less is known. */
  note(task: TaskAttempt, events: readonly StreamEvent[]): void;
  read(task: TaskAttempt): { sessionId: string | null; done: Deed[]; unknown: Deed[] };
  /** Never throws: an outcome that is recorded is not held up by a file that cannot be deleted. */
  drop(task: TaskAttempt): void;
  /** Drops what no attempt of this worker can need any more: all of it, once nothing is left to settle. */
  clear(): void;
}

type Line = { session: string } | { call: string; tool: string; input: string } | { answered: string };

const maxInputChars = 1_000;
const maxDeeds = 20;

/** See `Deeds`; the folder is made when there is something to note. */
export function createDeeds(dir: string): Deeds {
  const pathOf = ({ id, attempt, worker }: TaskAttempt): string =>
    join(dir, `${id}.${attempt}.${worker}.jsonl`);
  return {
    note(task, events) {
      const lines = events.flatMap(linesOf);
      if (lines.length === 0) return;
      try {
        mkdirSync(dir, { recursive: true, mode: 0o700 });
        const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
        appendFileSync(pathOf(task), text, { mode: 0o600 });
      } catch {
        // The next attempt knows less then, as if the agent had told less.
      }
    },
    read: (task) => summaryOf(readLines(pathOf(task))),
    drop: (task) => remove(pathOf(task)),
    clear() {
      for (const name of namesIn(dir)) remove(join(dir, name));
    },
  };
}

function linesOf(event: StreamEvent): Line[] {
  if (event.kind === 'init') return event.sessionId === undefined ? [] : [{ session: event.sessionId }];
  if (event.kind === 'tool-results') return event.results.map(({ id }) => ({ answered: id }));
  if (event.kind !== 'message') return [];
  return event.calls.map(({ id, name, input }) => ({ call: id, tool: name, input: inputText(input) }));
}

function inputText(input: Readonly<Record<string, unknown>>): string {
  const { command } = input;
  return (typeof command === 'string' ? command : JSON.stringify(input)).slice(0, maxInputChars);
}

function summaryOf(lines: readonly Line[]): ReturnType<Deeds['read']> {
  let sessionId: string | null = null;
  const open = new Map<string, Deed>();
  const done: Deed[] = [];
  for (const line of lines) {
    if ('session' in line) sessionId = line.session;
    else if ('call' in line) open.set(line.call, { tool: line.tool, input: line.input });
    else {
      const deed = open.get(line.answered);
      if (deed !== undefined) done.push(deed);
      open.delete(line.answered);
    }
  }
  return { sessionId, done: done.slice(-maxDeeds), unknown: [...open.values()].slice(-maxDeeds) };
}

/** A kill may have cut the last line. */
function readLines(path: string): Line[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Line];
    } catch {
      return [];
    }
  });
}

/** A file that stays is read by nobody: its name has the attempt and the worker in it. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The next start tries it again.
  }
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
