import { Command } from 'commander';
import { knownKey, settingFromText } from '../lib/config/check-setting.ts';
import type { Answers } from '../operations.ts';
import { settingsSchema } from '../settings.ts';
import { connect } from './connect.ts';
import { printJson, printLines, tableLines } from './print.ts';
import { oneLine } from './printable.ts';
import { printShortList, shortListOf, type ShortListOptions, withShortList } from './short-list.ts';

interface JsonOption {
  json?: true;
}

const help = `
Values come from the defaults, config.json in the home, what "config set" stored, and the
environment; each later one wins.

Examples:
  $ ninjad config
  $ ninjad config get task.timeoutMs
  $ ninjad config set spend.dailyUsd 2.50
  $ ninjad config set mailbox.coalesce '["heartbeat","load"]'
  $ ninjad config unset spend.dailyUsd
`;

/** `ninjad config`: the settings in force, and changes to them while the daemon runs. */
export function configCommand(): Command {
  const config = new Command('config')
    .description('show settings, and change them at run time')
    .addHelpText('after', help);
  withShortList(config.command('list', { isDefault: true }))
    .description('all settings with where each comes from')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExamples:\n  $ ninjad config list\n  $ ninjad config list --text spend --json\n')
    .action(async ({ json, ...options }: JsonOption & ShortListOptions) => {
      const all = (await connect().ask('config.list', {})).map(viewOf);
      const { rows: settings, next } = shortListOf(all, options, ({ key }) => key);
      if (json === true) printJson(settings);
      else printShortList(settingTable(settings), next);
    });
  config
    .command('get')
    .description('the value of one setting, as JSON')
    .argument('<key>', 'such as task.timeoutMs')
    .option('--json', 'print all about it as JSON')
    .addHelpText('after', '\nExamples:\n  $ ninjad config get task.timeoutMs\n')
    .action(async (key: string, { json }: JsonOption) => {
      const setting = viewOf(await connect().ask('config.get', { key: knownKey(settingsSchema, key) }));
      printJson(json === true ? setting : setting.value);
    });
  config
    .command('set')
    .description('change a setting at run time')
    .argument('<key>', 'such as task.timeoutMs')
    .argument('<value>', 'a text or JSON')
    .option('--json', 'print all about it as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ ninjad config set log.level debug\n  $ ninjad config set lanes.total 4\n',
    )
    .action(async (key: string, text: string, { json }: JsonOption) => {
      const known = knownKey(settingsSchema, key);
      report(
        await connect().ask('config.set', {
          key: known,
          value: settingFromText(settingsSchema, known, text),
        }),
        json,
      );
    });
  config
    .command('unset')
    .description('take back what was set at run time')
    .argument('<key>', 'such as task.timeoutMs')
    .option('--json', 'print all about it as JSON')
    .addHelpText('after', '\nExamples:\n  $ ninjad config unset log.level\n')
    .action(async (key: string, { json }: JsonOption) =>
      report(await connect().ask('config.unset', { key }), json),
    );
  return config;
}

type SettingField = Answers['config.get'];
type SettingView = ReturnType<typeof viewOf>;

/** A setting without what only an editor needs. */
function viewOf({ schema: _, expects: __, ...view }: SettingField) {
  return view;
}

function report(field: SettingField, json: true | undefined): void {
  const setting = viewOf(field);
  if (json === true) printJson(setting);
  else printLines([`${setting.key} is now ${oneLine(JSON.stringify(setting.value))} (${originOf(setting)})`]);
}

function settingTable(settings: readonly SettingView[]): string[] {
  return tableLines(
    [{ title: 'setting' }, { title: 'from' }, { title: 'value' }],
    settings.map((setting) => [setting.key, originOf(setting), oneLine(JSON.stringify(setting.value))]),
  );
}

function originOf({ origin, env }: SettingView): string {
  if (origin === 'environment') return `environment ${env ?? ''}`.trimEnd();
  return origin === 'file' ? 'config.json' : origin === 'table' ? 'config set' : 'default';
}
