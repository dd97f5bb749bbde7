import { Command, Option } from 'commander';
import type { TaskDetail } from '../lib/control/api.ts';
import { connect } from './connect.ts';
import { taskIdArgument } from './options.ts';
import { paint, paintState } from './paint.ts';
import { printJson, printLines } from './print.ts';
import { oneLine, printable } from './printable.ts';
import { tookOf } from './tasks.ts';
import { money, relativeTime } from './units.ts';

interface TaskOptions {
  cancel?: true;
  retry?: true;
  steer?: string;
  json?: true;
}

const help = `
Examples:
  $ ninjad task 12
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
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', help)
    .action(async (id: string, options: TaskOptions) => {
      const client = connect();
      const command = commandOf(options);
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
    ['progress', task.finishedAt === null ? oneLine(task.progress ?? '') : ''],
  ];
  const known = facts.filter(([, value]) => value !== '');
  const width = Math.max(...known.map(([name]) => name.length));
  return [
    ...known.map(([name, value]) => `${paint('dim', name.padEnd(width))}  ${value}`),
    ...section('prompt', task.prompt),
    ...section('reply', task.reply ?? ''),
  ];
}

function section(title: string, text: string): string[] {
  return text === '' ? [] : ['', paint('dim', title), printable(text)];
}
