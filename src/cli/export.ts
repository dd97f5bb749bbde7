import { Command } from 'commander';
import { isSecretSetting } from '../settings.ts';
import { exportHome } from '../transfer/export-home.ts';
import { connect, currentPaths } from './connect.ts';
import { settingsOf } from './backup/places.ts';
import { printJson, printLines } from './print.ts';
import { createProgress } from './progress.ts';
import { untilKept } from './until-kept.ts';

const help = `
It writes JSON lines for programs, Markdown of conversations and memories to read, the settings that are not at their
default, and the folders of sensors, agents and attachments. Secret settings are left out and named, unless
--with-secrets. ninjad import DIR brings it into another home. A backup (ninjad backup) is what brings this one back.

Examples:
  $ ninjad export ~/ninjad-export
  $ ninjad export /mnt/disk/mine --with-secrets --json
`;

/** `ninjad export`. */
export function exportHomeCommand(): Command {
  return new Command('export')
    .description('write all that is yours in open formats')
    .argument('<dir>', 'a folder that is not there yet, or empty')
    .option('--with-secrets', 'write the values of secret settings too')
    .option('--json', 'print what was written as JSON')
    .addHelpText('after', help)
    .action(async (into: string, { withSecrets, json }: { withSecrets?: true; json?: true }) => {
      const paths = currentPaths();
      const { ask } = connect(paths);
      const given = (await ask('config.list', {})).filter(
        ({ origin }) => origin === 'file' || origin === 'table',
      );
      const hidden = given.filter(({ key }) => isSecretSetting(key)).map(({ key }) => key);
      const open = given
        .filter(({ key }) => !isSecretSetting(key))
        .map(({ key, value }) => [key, value] as const);
      const settings = { ...Object.fromEntries(open), ...(withSecrets === true && secretValues(hidden)) };
      const progress = createProgress();
      const waiting = await untilKept(ask, progress);
      const made = await exportHome({
        ...{ ask, waiting },
        paths,
        into,
        settings,
        hidden: withSecrets === true ? [] : hidden,
        now: () => new Date(),
        progress: progress.show,
      });
      progress.end();
      if (json === true) printJson(made);
      else
        printLines([
          made.path,
          ...Object.entries(made.counts).map(([name, rows]) => `  ${name}: ${rows}`),
          ...made.leftOut.map((what) => `  not in it: ${what}`),
        ]);
    });
}

/** Secrets stand in the file and the environment alone; the daemon says them to nobody. */
function secretValues(keys: readonly string[]): Record<string, unknown> {
  const settings = settingsOf(currentPaths());
  return Object.fromEntries(
    keys.map((key) => [key, settings.get(key as Parameters<typeof settings.get>[0])]),
  );
}
