import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findMarked } from '../../src/lib/process/find-marked.ts';
import { standbyTaskId, taskMarkerName, workerPrefix } from '../../src/lib/process/marker.ts';
import { writeLine } from '../../src/lib/wire/write-line.ts';
import { agentArguments, userLine } from '../../src/tasks/agents/claude/arguments.ts';
import { clockMs } from '../clock.ts';
import type { Measurement } from '../context.ts';
import type { ChatTurn } from '../../src/chat/turn.ts';
import { type BenchDaemon, startDaemon } from '../daemon.ts';
import { openSocket } from '../dashboard-socket.ts';
import type { Figure, Measured } from '../figure.ts';
import { type InstantApi, startInstantApi } from '../instant-api.ts';
import { own, residentMib } from '../processes.ts';
import { percentile } from '../statistics.ts';

const claudeVariable = 'NINJAD_BENCH_CLAUDE';
const questionsAtOnce = 50;
const busyAtKill = 2;
const afterKillMs = 1_000;
const conversation = 'bench';
const settleMs = 1_000;

/**
 * The real CLI in front of a model that answers at once: from the owner's line to the request at the model, beside the CLI
 * alone; many questions at once; and who is left a second after a SIGKILL of the daemon.
 */
export const replies: Measurement = {
  name: 'replies',
  title: 'replies of the real CLI',
  async run({ sizes, scratch }): Promise<Measured> {
    const path = process.env[claudeVariable] ?? '';
    if (path === '') return { figures: [], wrong: [], skipped: `${claudeVariable} names no claude` };
    const api = await startInstantApi();
    const home = join(scratch, 'replies');
    mkdirSync(join(home, 'bare'), { recursive: true });
    const env = environment(home, api);
    try {
      const target = await startDaemon(home, { ...env, NINJAD_AGENT: path, NINJAD_KILL_GRACE_MS: '1000' });
      const ahead = await startDaemon(join(scratch, 'replies-ahead'), {
        ...env,
        NINJAD_AGENT: path,
        NINJAD_STANDBY: '1',
      });
      await askDaemon(ahead, api, conversation);
      const samples: Samples = { bare: [], asked: [], standby: [], standbyMib: [] };
      for (let index = 0; index < sizes.replies; index += 1) {
        samples.bare.push(await askBare(path, env, join(home, 'bare'), api));
        samples.asked.push(await askDaemon(target, api));
        samples.standbyMib.push(await untilStanding(ahead));
        samples.standby.push((await askDaemon(ahead, api, conversation)).cold);
      }
      await ahead.stop();
      const many = await askMany(target);
      const left = await killBusy(target, home, api);
      return { figures: figuresOf(samples, many, left), wrong: [] };
    } finally {
      api.close();
    }
  },
};

/** One question to the daemon; all but the first from the end of the model's answer, in milliseconds. */
interface Asked {
  /** From the owner's line to the request. */
  cold: number;
  /** The first words on the dashboard. */
  words: number;
  /** Its turn with the whole reply on the dashboard. */
  turn: number;
  /** `ended` on the control socket. */
  ended: number;
}

interface Samples {
  bare: number[];
  asked: Asked[];
  standby: number[];
  /** Memory of the agent that stood by, before each question. */
  standbyMib: number[];
}

interface Many {
  wallMs: number;
  peakMib: number;
}

function figuresOf({ bare, asked, standby, standbyMib }: Samples, many: Many, left: number): Figure[] {
  const cold = asked.map((each) => each.cold);
  const endOf = (name: 'words' | 'turn' | 'ended'): number => p50(asked.map((each) => each[name]));
  return [
    {
      id: 'replies.bare',
      what: 'the CLI alone: spawn → request at the model, p50',
      value: p50(bare),
      unit: 'ms',
    },
    { id: 'replies.cold', what: 'pipe → request at the model, p50', value: p50(cold), unit: 'ms' },
    {
      id: 'replies.cold.over',
      what: 'the same over the CLI alone',
      value: p50(cold) - p50(bare),
      unit: 'ms',
      target: { sense: '<=', value: 150 },
    },
    {
      id: 'replies.standby',
      what: 'owner’s next message with a standby: pipe → request at the model, p50',
      value: p50(standby),
      unit: 'ms',
      note: `p95 ${percentile(standby, 0.95).toFixed(0)} ms; idle it takes ${p50(standbyMib).toFixed(0)} MiB`,
    },
    {
      id: 'replies.standby.of-bare',
      what: 'the same over the CLI alone',
      value: p50(standby) / p50(bare),
      unit: '×',
      target: { sense: '<=', value: 0.4 },
    },
    {
      id: 'replies.words',
      what: "model's end → words on the dashboard, p50",
      value: endOf('words'),
      unit: 'ms',
      target: { sense: '<=', value: 25 },
    },
    {
      id: 'replies.ended',
      what: "model's end → `ended` on the control socket, p50",
      value: endOf('ended'),
      unit: 'ms',
    },
    {
      id: 'replies.turn',
      what: "model's end → the whole turn on the dashboard, p50",
      value: endOf('turn'),
      unit: 'ms',
    },
    {
      id: 'replies.many',
      what: `${questionsAtOnce} questions at once, all answered`,
      value: many.wallMs,
      unit: 'ms',
      target: { sense: '<=', value: 35_000 },
    },
    {
      id: 'replies.many.peak',
      what: 'memory of their agents and all that those start, at most',
      value: many.peakMib,
      unit: 'MiB',
      note: 'proportional set size',
    },
    {
      id: 'replies.left',
      what: `processes of ${busyAtKill} busy agents, ${afterKillMs} ms after SIGKILL of the daemon`,
      value: left,
      unit: 'processes',
      target: { sense: '<=', value: 0 },
    },
  ];
}

function environment(home: string, { url }: InstantApi): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: home,
    LANG: 'C.UTF-8',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    NO_PROXY: '127.0.0.1',
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: 'sk-ant-a-dummy',
  };
}

async function askBare(
  path: string,
  env: Record<string, string>,
  cwd: string,
  api: InstantApi,
): Promise<number> {
  const words = randomUUID();
  const arrival = api.arrival(words);
  const startedAt = clockMs();
  const args = agentArguments({ create: randomUUID() });
  const child = own(spawn(path, args, { cwd, env, stdio: ['pipe', 'ignore', 'ignore'] }));
  child.stdin.end(userLine(words));
  const arrivedAt = await arrival;
  await once(child, 'exit');
  return arrivedAt - startedAt;
}

async function askDaemon(target: BenchDaemon, api: InstantApi, inConversation?: string): Promise<Asked> {
  const { client, fifo } = target;
  const words = randomUUID();
  const [arrival, end] = [api.arrival(words), api.end(words)];
  const socket = await openSocket(target, ['chat']);
  const wordsAt = new Promise<number>((resolve) => socket.once('chat.text', () => resolve(clockMs())));
  const turnAt = new Promise<number>((resolve) => {
    socket.on('chat.turn', ({ state }: ChatTurn) => {
      if (state === 'done') resolve(clockMs());
    });
  });
  let startedAt = Number.NaN;
  try {
    for await (const message of client.watch(words, AbortSignal.timeout(60_000))) {
      if (message.type === 'watching') {
        startedAt = clockMs();
        await writeLine(fifo, lineOf(words, words, inConversation));
      } else if (message.type === 'ended') {
        const endedAt = clockMs();
        if (message.state !== 'done')
          throw new Error(`it ended as ${message.state}: ${message.reason ?? ''}`);
        const endAt = await end;
        return {
          cold: (await arrival) - startedAt,
          words: (await wordsAt) - endAt,
          turn: (await turnAt) - endAt,
          ended: endedAt - endAt,
        };
      }
    }
  } finally {
    socket.disconnect();
  }
  throw new Error('the daemon went away during a question');
}

async function askMany({ fifo, count, home }: BenchDaemon): Promise<Many> {
  const worker = workerOf(home);
  let peakMib = 0;
  const done = `SELECT count(*) FROM tasks WHERE state = 'done'`;
  const before = await count(done);
  const startedAt = clockMs();
  for (let index = 0; index < questionsAtOnce; index += 1)
    await writeLine(fifo, lineOf(`question ${index}`, randomUUID()));
  while ((await count(done)) < before + questionsAtOnce) {
    peakMib = Math.max(peakMib, await memoryOf(worker));
    await delay(100);
  }
  return { wallMs: clockMs() - startedAt, peakMib };
}

/** What the agents of a daemon take, pages that several of them share counted once, in MiB. */
async function memoryOf(worker: string): Promise<number> {
  const found = await findMarked(taskMarkerName, workerPrefix(worker));
  const kib = found.map(({ identity: { pid } }) => {
    try {
      return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0;
    }
  });
  return kib.reduce((sum, each) => sum + each, 0) / 1024;
}

function workerOf(home: string): string {
  const journal = readFileSync(join(home, 'journal', 'journal.json'), 'utf8');
  return (JSON.parse(journal) as { uuid: string }).uuid;
}

async function untilStanding({ client, home }: BenchDaemon): Promise<number> {
  const worker = workerOf(home);
  for (;;) {
    const { children } = await client.ask('status.get', {});
    const standby = children.find(({ id }) => id === 'standby')?.value;
    if (JSON.stringify(standby ?? null).includes('standing')) {
      // Its server is started besides.
      await delay(settleMs);
      const found = await findMarked(taskMarkerName, `${workerPrefix(worker)}${standbyTaskId}:`);
      return found.reduce((sum, { identity }) => sum + residentMib(identity.pid), 0);
    }
    await delay(20);
  }
}

/** How many processes of tasks are left a second after the daemon was killed while agents were busy. */
async function killBusy(target: BenchDaemon, home: string, api: InstantApi): Promise<number> {
  const { pid } = await target.client.ask('status.get', {});
  for (let index = 0; index < busyAtKill; index += 1) {
    const words = randomUUID();
    const arrival = api.arrival(words);
    await writeLine(target.fifo, lineOf(`please hang ${words}`, words));
    await arrival;
  }
  process.kill(pid, 'SIGKILL');
  await delay(afterKillMs);
  return (await findMarked(taskMarkerName, workerPrefix(workerOf(home)))).length;
}

function lineOf(text: string, dedupKey: string, conversation = dedupKey): string {
  return `\nHUMAN|cli||ask|${JSON.stringify({ text, dedupKey, conversation })}\n`;
}

function p50(samples: number[]): number {
  return percentile(samples, 0.5);
}
