import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { childEntry } from '../src/lib/process/child-entry.ts';
import { own } from './processes.ts';

/** What one writer process is told on its command line, in JSON. */
export interface WriterInput {
  fifo: string;
  category: string;
  writer: number;
  lines: number;
}

/** What a writer says; times are those of `clockMs`. */
export type FromWriter = { type: 'ready' } | { type: 'written'; startedAt: number; endedAt: number };

export interface Flood {
  fifo: string;
  /** Sets the lines of this flood apart from those of others. */
  category: string;
  writers: number;
  /** Of all writers together. */
  lines: number;
}

/** Writers that have made their lines and wait for the word. */
export interface Writers {
  /** Lets all write at once; resolves to when the first began and the last ended (`clockMs`). */
  write(): Promise<{ startedAt: number; endedAt: number }>;
}

/** Starts the writer processes of a flood; their start-up is over when this resolves. */
export async function prepareWriters({ fifo, category, writers, lines }: Flood): Promise<Writers> {
  const share = Math.ceil(lines / writers);
  const children = await Promise.all(
    Array.from({ length: writers }, (_, writer) =>
      startWriter({ fifo, category, writer, lines: Math.min(share, lines - writer * share) }),
    ),
  );
  return {
    async write() {
      const written = await Promise.all(children.map(letWrite));
      return {
        startedAt: Math.min(...written.map(({ startedAt }) => startedAt)),
        endedAt: Math.max(...written.map(({ endedAt }) => endedAt)),
      };
    },
  };
}

async function startWriter(input: WriterInput): Promise<ChildProcess> {
  const { command, args } = childEntry(import.meta.url, './writer-child.ts');
  const child = own(
    spawn(command, [...args, JSON.stringify(input)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  );
  await heard(child, 'ready');
  return child;
}

async function letWrite(child: ChildProcess): Promise<{ startedAt: number; endedAt: number }> {
  const written = heard(child, 'written');
  child.send('go');
  const times = await written;
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return times;
}

async function heard<Type extends FromWriter['type']>(
  child: ChildProcess,
  type: Type,
): Promise<Extract<FromWriter, { type: Type }>> {
  const listening = new AbortController();
  try {
    const ended = once(child, 'exit', listening).then(([code]) => {
      throw new Error(`a writer ended with ${String(code)} before it was ${type}`);
    });
    const message = await Promise.race([once(child, 'message', listening), ended]);
    const [said] = message as [FromWriter];
    if (said.type !== type) throw new Error(`expected a writer to be ${type}, it said ${said.type}`);
    return said as Extract<FromWriter, { type: Type }>;
  } finally {
    listening.abort();
  }
}
