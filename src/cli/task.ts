import { Command, Option } from 'commander';
import type { TaskDetail } from '../lib/control/api.ts';
import type { ControlClient } from '../lib/control/client.ts';
import type { TaskTranscript } from '../lib/control/transcript.ts';
import { NinjadError } from '../lib/errors.ts';
import { readModelUsage } from '../lib/spend/model-usage.ts';
import { connect } from './connect.ts';
import { taskIdArgument } from './options.ts';
import { paint, paintState } from './paint.ts';
import { printJson, printLines } from './print.ts';
import { oneLine, printable } from './printable.ts';
import { tookOf } from './tasks.ts';
import { attemptLines, entryLines } from './transcript-lines.ts';
import { count, money, relativeTime } from './units.ts';

interface TaskOptions {
  cancel?: true;
  retry?: true;
  steer?: string;
  transcript?: true;
  follow?: true;
  json?: true;
}

const help = `
Examples:
  $ ninjad task 12
  $ ninjad task 12 --transcript                     what it did; --follow goes on while it runs
  $ ninjad task 12 --cancel
  $ ninjad task 12 --retry                          a failed, cancelled or dead one
  $ ninjad task 12 --steer "only look at /var/log"  a further word to a running one
`;

/** `ninjad task ID`: one task, or a command to it. */
export function taskCommand(): Command {
  return new Command('task')
    .description('show one task, or cancel, retry or steer it')
    .argument('<id>', 'its number', taskIdArgument)
    .addOption(new Option('--cancel', 'end it').conflicts(['retry', 'steer']))
    .addOption(new Option('--retry', 'queue it again').conflicts(['cancel', 'steer']))
    .addOption(
      new Option('--steer <text>', 'say something to it while it runs').conflicts(['cancel', 'retry']),
    )
    .addOption(
      new Option('--transcript', 'print what it did, attempt by attempt').conflicts([
        'cancel',
        'retry',
        'steer',
      ]),
    )
    .addOption(new Option('--follow', 'with --transcript: go on until it ends').implies({ transcript: true }))
    .option('--json', 'print the answer as JSON; with --follow a line each')
    .addHelpText('after', help)
    .action(async (id: string, options: TaskOptions) => {
      const client = connect();
      const command = commandOf(options);
      if (options.transcript === true) {
        if (options.follow === true) await follow(client, id, options.json === true);
        else await printTranscript(client, id, options.json === true);
        return;
      }
      if (command === undefined) {
        const task = await client.task(id);
        if (options.json === true) printJson(task);
        else printLines(taskLines(task, Date.now()));
        return;
      }
      const result = await client.commandTask(id, command, options.steer);
      if (options.json === true) printJson(result);
      else printLines([oneLine(result.message)]);
    });
}

async function printTranscript(client: ControlClient, id: string, json: boolean): Promise<void> {
  const transcript = await client.transcript(id);
  if (json) printJson(transcript);
  else printLines(transcriptLines(transcript));
}

async function follow(client: ControlClient, id: string, json: boolean): Promise<void> {
  let attempt: number | undefined;
  for await (const message of client.followTranscript(id)) {
    if (json) process.stdout.write(`${JSON.stringify(message)}\n`);
    else if (message.type === 'transcript') {
      printLines(transcriptLines(message.transcript));
      attempt = message.transcript.attempts.at(-1)?.attempt;
    } else if (message.type === 'entries') {
      const { attempt: number, entries } = message;
      if (number === attempt) printLines(entries.flatMap(entryLines));
      else printLines(attemptLines({ attempt: number, recordedAt: null, entries, omitted: 0 }));
      attempt = number;
    } else {
      printLines([paintState(oneLine(message.state))]);
      return;
    }
    if (message.type === 'ended') return;
  }
  throw new NinjadError('CONNECTION_LOST', 'the daemon went away before the task had ended');
}

function transcriptLines({ attempts, state }: TaskTranscript): string[] {
  if (attempts.length > 0) return attempts.flatMap(attemptLines);
  return [`nothing is kept of what it did: it is ${oneLine(state)}`];
}

function commandOf({ cancel, retry, steer }: TaskOptions): 'cancel' | 'retry' | 'steer' | undefined {
  if (cancel === true) return 'cancel';
  if (retry === true) return 'retry';
  return steer === undefined ? undefined : 'steer';
}

function taskLines(task: TaskDetail, now: number): string[] {
  const ago = (at: string | null) => (at === null ? '' : relativeTime(Date.parse(at), now));
  const isWaiting = task.state === 'queued' && Date.parse(task.runAfter) > now;
  const facts: [string, string][] = [
    [
      'task',
      `${task.id}, ${paintState(oneLine(task.state))}${task.outcome === null ? '' : `, ${oneLine(task.outcome)}`}`,
    ],
    ['why', oneLine(task.reason ?? '')],
    ['from', oneLine(`${task.priority} ${task.source} ${task.category}, event ${task.eventId}`)],
    ['conversation', oneLine(task.conversation ?? '')],
    ['queued', ago(task.queuedAt)],
    ['next attempt', isWaiting ? ago(task.runAfter) : ''],
    ['started', ago(task.startedAt)],
    ['took', tookOf(task, now)],
    ['attempts', String(task.attempts)],
    ['cost', money(task.costUsd)],
    ['tokens', tokensOf(task.usage)],
    ['progress', task.finishedAt === null ? oneLine(task.progress ?? '') : ''],
  ];
  const known = facts.filter(([, value]) => value !== '');
  const width = Math.max(...known.map(([name]) => name.length));
  return [
    ...known.map(([name, value]) => `${paint('dim', name.padEnd(width))}  ${value}`),
    ...(task.history.length === 0 ? [] : ['', paint('dim', 'attempts'), ...task.history.map(historyLine)]),
    ...section('prompt', task.prompt),
    ...section('reply', task.reply ?? ''),
  ];
}

function section(title: string, text: string): string[] {
  return text === '' ? [] : ['', paint('dim', title), printable(text)];
}

function historyLine({ attempt, at, outcome, costUsd, summary }: TaskDetail['history'][number]): string {
  return oneLine(`${attempt} ${at} ${outcome} ${money(costUsd)} ${summary}`);
}

/** The tokens by model, as the row sums them up over all attempts. */
function tokensOf(usage: unknown): string {
  return Object.entries(readModelUsage(usage))
    .filter(([, { inputTokens, outputTokens }]) => inputTokens + outputTokens > 0)
    .map(
      ([model, { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }]) =>
        `${oneLine(model)}: ${count(inputTokens)} in, ${count(outputTokens)} out, ` +
        `${count(cacheReadTokens)} from the cache, ${count(cacheWriteTokens)} into it`,
    )
    .join('; ');
}
