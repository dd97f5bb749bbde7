import { Command } from 'commander';
import { previewOf } from '../../goals/goal-view.ts';
import { UsageError } from '../../lib/errors.ts';
import { zoneName } from '../../lib/local-time.ts';
import type { Json } from '../../lib/operations/json.ts';
import { DaemonNotRunningError } from '../../lib/wire/write-line.ts';
import type { Answers, Request } from '../../operations.ts';
import { connect, type DaemonClient } from '../connect.ts';
import { exitCodes } from '../failure.ts';
import { isJson } from '../memory-options.ts';
import { beforeOption, limitOption } from '../options.ts';
import { printJson, printLines, printPage } from '../print.ts';
import { oneLine } from '../printable.ts';
import { printShortList, shortListOf, type ShortListOptions, withShortList } from '../short-list.ts';
import { goalLines, goalTable, historyTable, previewLines, runLines } from './lines.ts';
import { askingTask, changeOf, type TermOptions, withStdin, withTerms } from './options.ts';

const help = `
What runs by the clock: a prompt for an agent, or a wire line. A condition may decide that no agent is needed,
a done-check whether it is done. Goals of config.json are listed too, and edited there.

Examples:
  $ ninjad goals
  $ ninjad goals add report --when "every weekday at 9" --prompt "What is new on the nas?"
  $ ninjad goals add backup --when "every day at 2:30" --prompt "Run the backup" --budget 0.50 \\
      --done-check "find /backup -mtime -1 | grep -q ."
  $ ninjad goals add disk --when "every 90 minutes" --reflex "LOW|cron:disk||metric|look" --dry-run
  $ ninjad goals run backup
  $ ninjad goals history backup --json
`;

/** `ninjad goals`: what runs by the clock. */
export function goalsCommand(): Command {
  return new Command('goals')
    .description('make, change and run what runs by the clock')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', help)
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(addCommand())
    .addCommand(editCommand())
    .addCommand(pauseCommand('pause'))
    .addCommand(pauseCommand('resume'))
    .addCommand(runCommand())
    .addCommand(removeCommand())
    .addCommand(restoreCommand())
    .addCommand(showCommand())
    .addCommand(historyCommand())
    .addCommand(doctorCommand());
}

function listCommand(): Command {
  return withShortList(new Command('list'))
    .description('all goals with their next and last runs')
    .option('--json', 'print them as JSON')
    .action(async (options: ShortListOptions, command: Command) => {
      const { rows: goals, next } = shortListOf(await allGoals(connect()), options, ({ name }) => name);
      if (isJson(command)) printJson(goals);
      else printShortList(goals.length === 0 ? ['no goals'] : goalTable(goals, Date.now()), next);
    });
}

const pageRows = 500;

async function allGoals({ ask }: DaemonClient): Promise<Answers['goals.list']> {
  const goals: Answers['goals.list'] = [];
  for (;;) {
    const after = goals.at(-1)?.name;
    const page = await ask('goals.list', { limit: pageRows, ...(after !== undefined && { after }) });
    goals.push(...page);
    if (page.length < pageRows) return goals;
  }
}

interface AddOptions extends TermOptions {
  dryRun?: true;
}

function addCommand(): Command {
  return withTerms(new Command('add'))
    .description('make a goal')
    .argument('<name>', 'what it is called')
    .option('--dry-run', 'print when it would be due, and save nothing')
    .option('--json', 'print it as JSON')
    .action(async (name: string, { dryRun, ...options }: AddOptions, command: Command) => {
      const change = changeOf(await withStdin(options));
      const { when, zone } = change;
      if (when === undefined) throw new UsageError('expected --when, such as --when "every weekday at 9"');
      if (dryRun === true) {
        printPreview(await previewed(when, zone), command);
        return;
      }
      // The daemon says what is wrong with the rest.
      const input = { ...change, when, name, ...askingTask(process.env) } as Request<'goal.add'>;
      const goal = await connect().ask('goal.add', input);
      await printGoal(goal, command);
    });
}

function editCommand(): Command {
  return withTerms(new Command('edit'))
    .description('change a goal; an empty text takes away what was set')
    .argument('<name>', 'its name')
    .option('--dry-run', 'print when it would be due, and save nothing')
    .option('--json', 'print it as JSON')
    .action(async (name: string, { dryRun, ...options }: AddOptions, command: Command) => {
      const change = changeOf(await withStdin(options));
      if (Object.keys(change).length === 0)
        throw new UsageError('expected what to change, see ninjad goals edit --help');
      const { ask } = connect();
      const { id, zone, when } = await ask('goal.named', { name });
      if (dryRun === true) {
        printPreview(await previewed(change.when ?? when, change.zone ?? zone), command);
        return;
      }
      await printGoal(await ask('goal.edit', { id, ...change, ...askingTask(process.env) }), command);
    });
}

/** Asks the daemon, by whose clock goals run; where none does, it is reckoned here. */
async function previewed(when: string, zone: string | undefined): Promise<Answers['goals.preview']> {
  try {
    return await connect().ask('goals.preview', { when, ...(zone !== undefined && { zone }) });
  } catch (thrown) {
    if (!(thrown instanceof DaemonNotRunningError)) throw thrown;
    const preview = previewOf(when, zone ?? zoneName(), new Date());
    return JSON.parse(JSON.stringify(preview)) as Json<typeof preview>;
  }
}

function printPreview(preview: Answers['goals.preview'], command: Command): void {
  if (isJson(command)) printJson(preview);
  else printLines(previewLines(preview));
}

async function printGoal(goal: Answers['goal.named'], command: Command): Promise<void> {
  if (isJson(command)) {
    printJson(goal);
    return;
  }
  const { when, zone } = goal;
  // What may surprise is said once more at the saving.
  const preview = await connect()
    .ask('goals.preview', { when, zone })
    .catch(() => undefined);
  printLines([oneLine(`${goal.name} is saved`), ...(preview === undefined ? [] : previewLines(preview))]);
}

function pauseCommand(verb: 'pause' | 'resume'): Command {
  const command = new Command(verb)
    .description(
      verb === 'pause'
        ? 'let a goal rest'
        : 'let a paused goal go on; what passed meanwhile is not made up for',
    )
    .argument('<name>', 'its name')
    .option('--json', 'print it as JSON');
  if (verb === 'pause') command.option('--reason <text>', 'why');
  return command.action(async (name: string, { reason }: { reason?: string }, self: Command) => {
    const { ask } = connect();
    const { id } = await ask('goal.named', { name });
    const goal = await ask('goal.pause', {
      id,
      paused: verb === 'pause',
      ...(reason !== undefined && { reason }),
    });
    if (isJson(self)) printJson(goal);
    else printLines([oneLine(`${goal.name} ${goal.paused ? 'is paused' : 'goes on'}`)]);
  });
}

function runCommand(): Command {
  return new Command('run')
    .description('run a goal now, wait for it, and print how it went')
    .argument('<name>', 'its name')
    .option('--json', 'print the run as JSON')
    .addHelpText('after', '\nExit status 1 where the run is not done. Ctrl-C leaves it running.\n')
    .action(async (name: string, _: unknown, command: Command) => {
      const { ask } = connect();
      const { id } = await ask('goal.named', { name });
      const { fireId } = await ask('goal.run', { id });
      let run = await ask('goal.fire', { id: fireId, wait: true });
      while (run.endedAt === null) run = await ask('goal.fire', { id: fireId, wait: true });
      if (isJson(command)) printJson(run);
      else printLines(runLines(run));
      if (run.state !== 'done') process.exitCode = exitCodes.failed;
    });
}

function removeCommand(): Command {
  return new Command('remove')
    .description('remove a goal; within a week restore brings it back')
    .argument('<name>', 'its name')
    .option('--json', 'print the answer as JSON')
    .action(async (name: string, _: unknown, command: Command) => {
      const { ask } = connect();
      const { id } = await ask('goal.named', { name });
      const answer = await ask('goal.remove', { id });
      if (isJson(command)) printJson(answer);
      else printLines([oneLine(answer.message)]);
    });
}

function restoreCommand(): Command {
  return new Command('restore')
    .description('bring back a goal that was removed within the last week, with its history')
    .argument('<name>', 'its name')
    .option('--json', 'print the answer as JSON')
    .action(async (name: string, _: unknown, command: Command) => {
      const { ask } = connect();
      const { goalId } = await ask('goal.removed', { name });
      const answer = await ask('goal.restore', { id: goalId });
      if (isJson(command)) printJson(answer);
      else printLines([oneLine(answer.message)]);
    });
}

function showCommand(): Command {
  return new Command('show')
    .description('all about one goal')
    .argument('<name>', 'its name')
    .option('--json', 'print it as JSON')
    .action(async (name: string, _: unknown, command: Command) => {
      const goal = await connect().ask('goal.named', { name });
      if (isJson(command)) printJson(goal);
      else printLines(goalLines(goal, Date.now()));
    });
}

function historyCommand(): Command {
  return new Command('history')
    .description('the runs of a goal, newest first, those that were missed among them')
    .argument('<name>', 'its name')
    .option('--before <id>', 'only those before this number, to page back', beforeOption)
    .option('--limit <number>', 'how many at most', limitOption, 50)
    .option('--json', 'print them as JSON')
    .action(async (name: string, { before, limit }: { before?: number; limit: number }, command: Command) => {
      const { ask } = connect();
      const { id } = await ask('goal.named', { name });
      const { items, next } = await ask('goal.history', { id, before, limit });
      if (isJson(command)) printJson(items);
      else printPage(items.length === 0 ? ['it has never run'] : historyTable(items), next);
    });
}

function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what is wrong with goals')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExit status 1 where something is wrong.\n')
    .action(async (_: unknown, command: Command) => {
      const report = await connect().ask('goals.doctor', {});
      if (isJson(command)) printJson(report);
      else
        printLines([
          ...report.problems.map(({ name, problem }) => oneLine(`${name}: ${problem}`)),
          `${report.goals} goals, ${report.problems.length} problems; commands are looked for in ${report.path}`,
        ]);
      if (report.problems.length > 0) process.exitCode = exitCodes.failed;
    });
}
