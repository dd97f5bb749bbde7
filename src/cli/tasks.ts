import { Command, Option } from 'commander';
import type { Answers } from '../operations.ts';
import type { PriorityName } from '../lib/wire/priority.ts';
import { taskStates } from '../tasks/rows/list-tasks.ts';
import { connect } from './connect.ts';
import { beforeOption, limitOption, nameOption, priorityOption } from './options.ts';
import { paintState } from './paint.ts';
import { printJson, printPage, tableLines } from './print.ts';
import { oneLine } from './printable.ts';
import { duration, money, relativeTime } from './units.ts';

type TaskSummary = Answers['tasks.list']['items'][number];

interface TasksOptions {
  state?: (typeof taskStates)[number];
  priority?: PriorityName;
  source?: string;
  category?: string;
  conversation?: string;
  text?: string;
  before?: number;
  limit: number;
  json?: true;
}

const help = `
Examples:
  $ ninjad tasks
  $ ninjad tasks --state dead --limit 10
  $ ninjad tasks --json | jq '.[].costUsd'
`;

/** `ninjad tasks`: the latest tasks. */
export function tasksCommand(): Command {
  return new Command('tasks')
    .description('list the latest tasks')
    .addOption(new Option('--state <state>', 'only those in this state').choices(taskStates))
    .option('-p, --priority <priority>', 'only those of this priority', priorityOption)
    .option('--source <source>', 'only those of this source', nameOption)
    .option('--category <category>', 'only those of this category', nameOption)
    .option('--conversation <name>', 'only those of this conversation', nameOption)
    .option('--text <words>', 'only those in whose text they occur')
    .option('--before <id>', 'only those before this number, to page back', beforeOption)
    .option('--limit <number>', 'how many at most', limitOption, 20)
    .option('--json', 'print them as JSON')
    .addHelpText('after', help)
    .action(async ({ json, ...query }: TasksOptions) => {
      const { items: tasks, next } = await connect().ask('tasks.list', query);
      if (json === true) printJson(tasks);
      else printPage(tasks.length === 0 ? ['no tasks'] : taskTable(tasks, Date.now()), next);
    });
}

function taskTable(tasks: readonly TaskSummary[], now: number): string[] {
  const columns = [
    { title: 'id', align: 'right' as const },
    { title: 'state' },
    { title: 'priority' },
    { title: 'source' },
    { title: 'queued' },
    { title: 'took', align: 'right' as const },
    { title: 'cost', align: 'right' as const },
    { title: 'text' },
  ];
  return tableLines(
    columns,
    tasks.map((task) => [
      String(task.id),
      paintState(oneLine(task.state)),
      task.priority,
      oneLine(task.source),
      relativeTime(Date.parse(task.queuedAt), now),
      tookOf(task, now),
      money(task.costUsd),
      oneLine(withNews(task)),
    ]),
  );
}

/** The text, with what it does now or why it waits. */
function withNews({ state, text, progress, reason }: TaskSummary): string {
  const news = state === 'running' ? progress : state === 'queued' ? reason : null;
  return news === null ? text : `${text} (${news})`;
}

/** How long a task has run, or ran; empty before its start. */
export function tookOf(
  { startedAt, finishedAt }: Pick<TaskSummary, 'startedAt' | 'finishedAt'>,
  now: number,
): string {
  if (startedAt === null) return '';
  return duration((finishedAt === null ? now : Date.parse(finishedAt)) - Date.parse(startedAt));
}
