import { Command, Option } from 'commander';
import type { Answers } from '../operations.ts';
import type { TaskTranscript } from '../tasks/transcript-stream.ts';
import { NinjadError } from '../lib/errors.ts';
import { readModelUsage } from '../spend/model-usage.ts';
import { connect, type DaemonClient } from './connect.ts';
import { taskIdArgument } from './options.ts';
import { paint, paintState } from './paint.ts';
import { printJson, printLines } from './print.ts';
import { oneLine, printable } from './printable.ts';
import { readText } from './read-text.ts';
import { tookOf } from './tasks.ts';
import { attemptLines, entryLines } from './transcript-lines.ts';
import { count, money, relativeTime } from './units.ts';

type TaskDetail = Answers['task.get']['task'];

interface TaskOptions {
  cancel?: true;
  retry?: true;
  again?: true;
  goOn?: true;
  leave?: true;
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
  $ ninjad task 12 --again                          one from which no word comes: end it, try it anew
  $ ninjad task 12 --go-on                          one that waits for your word; --leave ends it
  $ ninjad task 12 --steer "only look at /var/log"  a further word to a running one
`;

/** `ninjad task ID`: one task, or a command to it. */
export function taskCommand(): Command {
  return new Command('task')
    .description('show one task, or cancel, retry or steer it')
    .argument('<id>', 'its number', taskIdArgument)
    .addOption(new Option('--cancel', 'end it').conflicts(['retry', 'steer']))
    .addOption(new Option('--retry', 'queue it again').conflicts(['cancel', 'steer']))
    .addOption(new Option('--again', 'end its run and try it anew').conflicts(['cancel', 'retry', 'steer']))
    .addOption(
      new Option('--go-on', 'one in doubt: do it, knowing what was begun').conflicts([
        'cancel',
        'retry',
        'again',
        'steer',
      ]),
    )
    .addOption(
      new Option('--leave', 'one in doubt: end it where it is').conflicts([
        'cancel',
        'retry',
        'again',
        'steer',
        'goOn',
      ]),
    )
    .addOption(
      new Option('--steer <text>', 'say something to it while it runs; - reads it from stdin').conflicts([
        'cancel',
        'retry',
      ]),
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
    .action(async (id: number, options: TaskOptions) => {
      const client = connect();
      if (options.transcript === true) {
        if (options.follow === true) await follow(client, id, options.json === true);
        else await printTranscript(client, id, options.json === true);
        return;
      }
      const result = await giveCommand(client, id, options);
      if (result === undefined) {
        const { task, memories } = await client.ask('task.get', { id });
        if (options.json === true) printJson({ ...task, memories });
        else printLines(taskLines(task, Date.now()));
        return;
      }
      if (options.json === true) printJson(result);
      else printLines([oneLine(result.message)]);
    });
}

async function printTranscript(client: DaemonClient, id: number, json: boolean): Promise<void> {
  const transcript = await client.ask('task.transcript', { id });
  if (json) printJson(transcript);
  else printLines(transcriptLines(transcript));
}

async function follow(client: DaemonClient, id: number, json: boolean): Promise<void> {
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

/** What became of the command that the options name; undefined where they name none. */
function giveCommand(
  { ask }: DaemonClient,
  id: number,
  { cancel, retry, again, goOn, leave, steer }: TaskOptions,
): Promise<Answers['task.cancel']> | undefined {
  if (cancel === true) return ask('task.cancel', { id });
  if (retry === true) return ask('task.retry', { id });
  if (again === true) return ask('task.again', { id });
  if (goOn === true) return ask('task.goOn', { id });
  if (leave === true) return ask('task.leave', { id });
  return steer === undefined ? undefined : tell(ask, id, steer);
}

async function tell(ask: DaemonClient['ask'], id: number, words: string): Promise<Answers['task.steer']> {
  return ask('task.steer', { id, text: await readText([words]) });
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
    ['agent', agentOf(task.agent)],
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

function agentOf(agent: TaskDetail['agent']): string {
  if (agent === null) return '';
  const { kind, version, instead } = agent;
  const found = version === undefined ? kind : `${kind} ${version}`;
  return oneLine(instead === undefined ? found : `${found}, since ${instead}`);
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
