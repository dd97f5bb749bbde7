import { Command, Option } from 'commander';
import { UsageError } from '../lib/errors.ts';
import { deeds } from '../events/router/rule.ts';
import { connect } from './connect.ts';
import { beforeOption, limitOption } from './options.ts';
import { printJson, printLines, printPage } from './print.ts';
import { printShortList, shortListOf, type ShortListOptions, withShortList } from './short-list.ts';
import { confirmed, report } from './rule-change.ts';
import {
  type ChangeOptions,
  changesOf,
  type PlaceOptions,
  placeOf,
  type RuleOptions,
  ruleOf,
  unsetOption,
  withChangeOptions,
  withPlace,
  withRuleOptions,
} from './rule-options.ts';
import { effectLines, historyTable, ruleLines, ruleTable } from './rules-print.ts';
import { exportCommand, importCommand } from './rules-transfer.ts';

const help = `
The first rule with a route whose conditions all hold decides what an event becomes: a task, a
reflex's answer, or nothing. Yours are asked before the built-in ones, in their order. A rule without
a route changes an event on its way (priority, throttle, quiet hours, permissions) and leaves the rest
to the rules after it.
Each change is a version; undo takes the last one back.

Examples:
  $ ninjad rules
  $ ninjad rules add nightly --source 'cron:*' --route task --quiet 22:00-07:00
  $ ninjad rules add chatty --source 'fleet:*' --throttle 5/10m --throttle-by source
  $ ninjad rules add boss --field 'from=*@boss.example' --field 'subject=*urgent*' --ignore-case --route task
  $ ninjad rules try --source 'cron:*' --text '*ok*' --route drop     what it would have taken
  $ ninjad rules edit chatty --throttle 10/1h --unset about --dry-run
  $ ninjad rules move boss --first
  $ ninjad rules undo
  $ ninjad rules export rules.json && ninjad rules import rules.json
`;

/** `ninjad rules`: which rule takes which event, and changes to them while the daemon runs. */
export function rulesCommand(): Command {
  const rules = new Command('rules')
    .description('list the routing rules, try, change and undo them')
    .addHelpText('after', help);
  for (const command of [
    listCommand(),
    showCommand(),
    addCommand(),
    editCommand(),
    moveCommand(),
    enableCommand('enable'),
    enableCommand('disable'),
    removeCommand(),
    tryCommand(),
    releaseCommand(),
    importCommand(),
    exportCommand(),
    undoCommand(),
    historyCommand(),
  ])
    rules.addCommand(command, { isDefault: command.name() === 'list' });
  return rules;
}

/** Examples below the options of a command. */
function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`;
}

interface JsonOption {
  json?: true;
}

function listCommand(): Command {
  return withShortList(new Command('list'))
    .description('all rules in the order in which they are asked, with how often each took an event')
    .option('--own', 'only yours, without the built-in ones')
    .option('--json', 'print them as JSON')
    .addHelpText('after', examples('ninjad rules list --own', 'ninjad rules list --json'))
    .action(async ({ own, json, ...options }: JsonOption & ShortListOptions & { own?: true }) => {
      const { rules } = await connect().ask('rules.list', {});
      const wanted = own === true ? rules.filter(({ builtIn }) => !builtIn) : rules;
      const { rows: shown, next } = shortListOf(wanted, options, ({ name }) => name);
      if (json === true) printJson(shown);
      else
        printShortList(
          shown.length === 0
            ? [own === true ? 'no rules of yours' : 'no rules']
            : ruleTable(shown, Date.now()),
          next,
        );
    });
}

function showCommand(): Command {
  return new Command('show')
    .description('one rule with its counts, as it can be edited')
    .argument('<name>', 'its name')
    .option('--json', 'print all about it as JSON')
    .addHelpText('after', examples('ninjad rules show nightly'))
    .action(async (name: string, { json }: JsonOption) => {
      const rule = await connect().ask('rule.get', { name });
      if (json === true) printJson(rule);
      else printLines(ruleLines(rule));
    });
}

function addCommand(): Command {
  const command = new Command('add')
    .description('add a rule of yours, last unless a place is named')
    .argument('<name>', 'lower-case letters, digits and dashes');
  return withChangeOptions(withPlace(withRuleOptions(command)))
    .addHelpText(
      'after',
      examples(
        "ninjad rules add nightly --source 'cron:*' --route task --quiet 22:00-07:00",
        "ninjad rules add chatty --source 'fleet:*' --throttle 5/10m --throttle-by source --dry-run",
      ),
    )
    .action(async (name: string, options: RuleOptions & PlaceOptions & ChangeOptions) => {
      const rule = { ...ruleOf(options), name };
      const place = placeOf(options);
      report(
        await confirmed(options, (how) => connect().ask('rule.add', { rule, ...place, ...how })),
        options,
      );
    });
}

function editCommand(): Command {
  const command = new Command('edit')
    .description('change what is named of a rule, and leave the rest')
    .argument('<name>', 'its name')
    .option('--name <name>', 'call it so from now on')
    .addOption(new Option('--unset <field>', 'take a condition or a deed away').argParser(unsetOption));
  return withChangeOptions(withRuleOptions(command))
    .addHelpText('after', examples('ninjad rules edit chatty --throttle 10/1h --unset about'))
    .action(
      async (name: string, options: RuleOptions & ChangeOptions & { name?: string; unset?: string[] }) => {
        const { rule: before } = await connect().ask('rule.get', { name });
        const changes = {
          ...changesOf(before, options),
          ...(options.name !== undefined && { name: options.name }),
          ...Object.fromEntries((options.unset ?? []).map((field) => [field, null])),
        };
        if (Object.keys(changes).length === 0)
          throw new UsageError('expected something to change: see --help');
        report(
          await confirmed(options, (how) => connect().ask('rule.edit', { name, changes, ...how })),
          options,
        );
      },
    );
}

function moveCommand(): Command {
  const command = new Command('move')
    .description('ask a rule earlier or later')
    .argument('<name>', 'its name');
  return withChangeOptions(withPlace(command))
    .addHelpText(
      'after',
      examples('ninjad rules move boss --first', 'ninjad rules move boss --after nightly'),
    )
    .action(async (name: string, options: PlaceOptions & ChangeOptions) => {
      const place = placeOf(options);
      report(
        await confirmed(options, (how) => connect().ask('rule.move', { name, ...place, ...how })),
        options,
      );
    });
}

function enableCommand(verb: 'enable' | 'disable'): Command {
  const does = verb === 'enable' ? 'switch a rule on again' : 'switch a rule off, and leave it in its place';
  return withChangeOptions(new Command(verb).description(does).argument('<name>', 'its name'))
    .addHelpText('after', examples(`ninjad rules ${verb} chatty`))
    .action(async (name: string, options: ChangeOptions) => {
      const enabled = verb === 'enable';
      report(
        await confirmed(options, (how) => connect().ask('rule.enable', { name, enabled, ...how })),
        options,
      );
    });
}

function removeCommand(): Command {
  const command = new Command('remove').description('take a rule away').argument('<name>', 'its name');
  return withChangeOptions(command)
    .addHelpText('after', examples('ninjad rules remove chatty --dry-run'))
    .action(async (name: string, options: ChangeOptions) =>
      report(await confirmed(options, (how) => connect().ask('rule.remove', { name, ...how })), options),
    );
}

function tryCommand(): Command {
  const command = new Command('try')
    .description('say what a rule would have taken of the latest events; nothing is changed')
    .argument('[name]', 'a rule that there is, changed by the options; without it, a new one')
    .option('--events <number>', 'how many of the latest events', limitOption, 1000)
    .option('--json', 'print the answer as JSON');
  return withPlace(withRuleOptions(command))
    .addHelpText(
      'after',
      examples(
        "ninjad rules try --source 'cron:*' --text '*ok*' --route drop",
        'ninjad rules try chatty --throttle 20/1h --json',
      ),
    )
    .action(
      async (
        name: string | undefined,
        options: RuleOptions & PlaceOptions & JsonOption & { events: number },
      ) => {
        const { ask } = connect();
        const rule =
          name === undefined
            ? { name: 'tried', ...ruleOf(options) }
            : ruleOf({ ...options, rule: { ...(await ask('rule.get', { name })).rule, ...options.rule } });
        if (name === undefined && Object.keys(rule).length === 1)
          throw new UsageError('expected the name of a rule, or the conditions of one: see --help');
        // Which events a rule takes can be asked before it is clear what it is to do with them.
        const does = deeds.some((deed) => Object.hasOwn(rule, deed));
        const effect = await ask('rules.try', {
          rule: does ? rule : { ...rule, route: 'task' },
          ...placeOf(options),
          events: options.events,
        });
        if (options.json === true) printJson(effect);
        else printLines([...effectLines(effect), ...effect.dangers.map((danger) => `mind: ${danger}`)]);
      },
    );
}

function releaseCommand(): Command {
  return new Command('release')
    .description('let the tasks go on now that wait for the quiet hours of a rule')
    .argument('<name>', 'its name')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', examples('ninjad rules release nightly'))
    .action(async (name: string, { json }: JsonOption) => {
      const answer = await connect().ask('rule.release', { name });
      if (json === true) printJson(answer);
      else printLines([answer.released === 1 ? 'one task goes on' : `${answer.released} tasks go on`]);
    });
}

function undoCommand(): Command {
  return withChangeOptions(
    new Command('undo')
      .description('take the last change back that stands; once more, the one before it')
      .addOption(
        new Option(
          '--to <version>',
          'bring back the rules of a version instead, as history lists them',
        ).argParser(versionOption),
      ),
  )
    .addHelpText('after', examples('ninjad rules undo --dry-run', 'ninjad rules undo --to 12'))
    .action(async (options: ChangeOptions & { to?: number }) =>
      report(
        await confirmed(options, (how) => connect().ask('rules.undo', { to: options.to, ...how })),
        options,
      ),
    );
}

function historyCommand(): Command {
  return new Command('history')
    .description('the changes of the rules, newest first')
    .option('--before <version>', 'only those before this number, to page back', beforeOption)
    .option('--limit <number>', 'how many at most', limitOption, 20)
    .option('--json', 'print them as JSON')
    .addHelpText('after', examples('ninjad rules history --limit 5', 'ninjad rules history --before 12'))
    .action(async ({ before, limit, json }: JsonOption & { before?: number; limit: number }) => {
      const { items, next } = await connect().ask('rules.history', { before, limit });
      if (json === true) printJson(items);
      else
        printPage(items.length === 0 ? ['no changes of the rules'] : historyTable(items, Date.now()), next);
    });
}

function versionOption(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new UsageError(`expected the number of a version, as \`ninjad rules history\` shows it, got ${text}`);
}
