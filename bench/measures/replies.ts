import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findMarked } from '../../src/lib/process/find-marked.ts';
import { standbyTaskId, taskMarkerName, workerPrefix } from '../../src/lib/process/marker.ts';
import { writeLine } from '../../src/lib/wire/write-line.ts';
import { agentArguments, userLine } from '../../src/tasks/run/arguments.ts';
import { clockMs } from '../clock.ts';
import type { Measurement } from '../context.ts';
import { type BenchDaemon, startDaemon } from '../daemon.ts';
import type { Figure, Measured } from '../figure.ts';
import { type InstantApi, startInstantApi } from '../instant-api.ts';
import { own } from '../processes.ts';
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
      const samples: Samples = { bare: [], cold: [], standby: [], standbyMib: [] };
      for (let index = 0; index < sizes.replies; index += 1) {
        samples.bare.push(await askBare(path, env, join(home, 'bare'), api));
        samples.cold.push(await askDaemon(target, api));
        samples.standbyMib.push(await untilStanding(ahead));
        samples.standby.push(await askDaemon(ahead, api, conversation));
      }
      await ahead.stop();
      const wallMs = await askMany(target);
      const left = await killBusy(target, home, api);
      return { figures: figuresOf(samples, wallMs, left), wrong: [] };
    } finally {
      api.close();
    }
  },
};

interface Samples {
  bare: number[];
  cold: number[];
  standby: number[];
  /** Memory of the agent that stood by, before each question. */
  standbyMib: number[];
}

function figuresOf({ bare, cold, standby, standbyMib }: Samples, wallMs: number, left: number): Figure[] {
  const p50 = (samples: number[]): number => percentile(samples, 0.5);
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
      id: 'replies.many',
      what: `${questionsAtOnce} questions at once, all answered`,
      value: wallMs,
      unit: 'ms',
      target: { sense: '<=', value: 35_000 },
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

async function askDaemon(
  { client, fifo }: BenchDaemon,
  api: InstantApi,
  inConversation?: string,
): Promise<number> {
  const words = randomUUID();
  const arrival = api.arrival(words);
  let startedAt = Number.NaN;
  for await (const message of client.watch(words, AbortSignal.timeout(60_000))) {
    if (message.type === 'watching') {
      startedAt = clockMs();
      await writeLine(fifo, lineOf(words, words, inConversation));
    } else if (message.type === 'ended') {
      if (message.state !== 'done') throw new Error(`it ended as ${message.state}: ${message.reason ?? ''}`);
      return (await arrival) - startedAt;
    }
  }
  throw new Error('the daemon went away during a question');
}

async function askMany({ fifo, count }: BenchDaemon): Promise<number> {
  const done = `SELECT count(*) FROM tasks WHERE state = 'done'`;
  const before = await count(done);
  const startedAt = clockMs();
  for (let index = 0; index < questionsAtOnce; index += 1)
    await writeLine(fifo, lineOf(`question ${index}`, randomUUID()));
  while ((await count(done)) < before + questionsAtOnce) await delay(100);
  return clockMs() - startedAt;
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

function workerOf(home: string): string {
  const { uuid } = JSON.parse(readFileSync(join(home, 'journal', 'journal.json'), 'utf8')) as {
    uuid: string;
  };
  return uuid;
}

/** Resolves to the memory that the agent takes, once one stands by, and its server with it. */
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

function residentMib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

function lineOf(text: string, dedupKey: string, inConversation?: string): string {
  return `\nHUMAN|cli||ask|${JSON.stringify({ text, dedupKey, conversation: inConversation })}\n`;
}
