import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { eventKey } from '../../src/lib/wire/event-key.ts';
import { writeLine } from '../../src/lib/wire/write-line.ts';
import type { Measurement } from '../context.ts';
import type { BenchDaemon } from '../daemon.ts';
import type { Figure } from '../figure.ts';
import { own } from '../processes.ts';
import { percentile } from '../statistics.ts';

/** The agent of the daemon under test. */
export const clockAgent = fileURLToPath(new URL('../clock-agent.sh', import.meta.url));

/**
 * From just before a task's line is written until its agent runs (recorded, claimed, recalled for, spawned), beside a
 * bare spawn of the same program. Both end with the program's own reading of the wall clock, so an offset cancels out.
 */
export const exec: Measurement = {
  name: 'exec',
  title: 'from the pipe to the agent',
  async run({ sizes, daemon }) {
    const bare: number[] = [];
    const tasks: number[] = [];
    const target = await daemon();
    for (let index = 0; index < sizes.execTasks; index += 1) {
      bare.push(await bareSpawn());
      tasks.push(await runTask(target));
    }
    const figure = (id: string, what: string, samples: number[]): Figure => ({
      id,
      what,
      value: percentile(samples, 0.5),
      unit: 'ms',
      note: `p99 ${percentile(samples, 0.99).toFixed(1)} ms`,
    });
    return {
      figures: [
        figure('exec.bare', 'bare spawn → the program runs, p50', bare),
        figure('exec.task', 'pipe → the agent runs, p50', tasks),
        {
          id: 'exec.over',
          what: 'pipe → the agent runs, over a bare spawn',
          value: percentile(tasks, 0.5) - percentile(bare, 0.5),
          unit: 'ms',
          target: { sense: '<=', value: 15 },
        },
      ],
      wrong: [],
    };
  },
};

function wallClockMs(): number {
  return performance.timeOrigin + performance.now();
}

async function bareSpawn(): Promise<number> {
  const startedAt = wallClockMs();
  const child = own(spawn(clockAgent, ['-p'], { stdio: ['pipe', 'pipe', 'inherit'], detached: true }));
  child.stdin.end('\n');
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return beganAt((JSON.parse(output) as { result: string }).result) - startedAt;
}

async function runTask({ client, fifo }: BenchDaemon): Promise<number> {
  const dedupKey = randomUUID();
  let startedAt = Number.NaN;
  for await (const message of client.watch(eventKey('bench', dedupKey), AbortSignal.timeout(30_000))) {
    if (message.type === 'watching') {
      startedAt = wallClockMs();
      await writeLine(
        fifo,
        `\nNORMAL|bench||task|${JSON.stringify({ text: 'what time is it?', dedupKey })}\n`,
      );
    } else if (message.type === 'ended') {
      if (message.state !== 'done')
        throw new Error(`the task ended as ${message.state}: ${message.reason ?? ''}`);
      return beganAt(message.reply) - startedAt;
    }
  }
  throw new Error('the daemon went away during a task');
}

function beganAt(microseconds: string): number {
  return Number(microseconds) / 1000;
}
