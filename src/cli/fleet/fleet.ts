import { Command } from 'commander';
import { UsageError } from '../../lib/errors.ts';
import type { Answers, Request } from '../../operations.ts';
import { connect } from '../connect.ts';
import { exitCodes } from '../failure.ts';
import { isJson } from '../memory-options.ts';
import { printJson, printLines } from '../print.ts';
import { oneLine } from '../printable.ts';
import { printShortList, shortListOf, type ShortListOptions, withShortList } from '../short-list.ts';
import { hostLines, hostTable, pollLines } from './lines.ts';
import { fieldsOf, type HostOptions, windowOf, withHost } from './options.ts';
import { reportCommand } from './report.ts';

const help = `
Hosts are asked every minute, and a change between up, degraded and down becomes an event of the source fleet:NAME. What is
behind a host that is down is unreachable, and silent. Hosts of config.json ("fleet.hosts") are listed too, and edited there.

Examples:
  $ ninjad fleet
  $ ninjad fleet add desk --local
  $ ninjad fleet add nas --ssh ninja@nas.lan --identity ~/.ssh/ninja --accept-key
  $ ninjad fleet add web --http https://web.example/health --body '"status":"ok"' --parent router
  $ ninjad fleet add laptop --push                  prints a token, and what to run there
  $ ninjad fleet poll nas
  $ ninjad fleet maintenance nas --window "sun 02:00-04:00" --zone Europe/Berlin
  $ ninjad fleet report --json                      this machine's own; needs no daemon
`;

/** `ninjad fleet`: the machines that are watched. */
export function fleetCommand(): Command {
  return new Command('fleet')
    .description('watch other machines: add, show, poll and pause them')
    .addHelpText('after', help)
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(addCommand())
    .addCommand(editCommand())
    .addCommand(removeCommand())
    .addCommand(restoreCommand())
    .addCommand(showCommand())
    .addCommand(pollCommand())
    .addCommand(pauseCommand())
    .addCommand(resumeCommand())
    .addCommand(maintenanceCommand())
    .addCommand(tokenCommand())
    .addCommand(reportCommand());
}

function listCommand(): Command {
  return withShortList(new Command('list'))
    .description('all hosts and how they are')
    .option('--json', 'print them as JSON')
    .action(async (options: ShortListOptions, command: Command) => {
      const all = await connect().ask('fleet.list', {});
      const { rows: hosts, next } = shortListOf(all, options, ({ name }) => name);
      if (isJson(command)) printJson(hosts);
      else printShortList(hosts.length === 0 ? ['no hosts'] : hostTable(hosts, Date.now()), next);
    });
}

function addCommand(): Command {
  return withHost(new Command('add'))
    .description('watch a host')
    .argument('<name>', 'what it is called')
    .option('--json', 'print it as JSON')
    .action(async (name: string, options: HostOptions, command: Command) => {
      const kinds = [options.local, options.ssh, options.http, options.push].filter(
        (kind) => kind !== undefined,
      );
      if (kinds.length !== 1) throw new UsageError('expected one of --local, --ssh, --http and --push');
      const client = connect();
      const input = { ...fieldsOf(options, given(command)), name } as Request<'fleet.add'>;
      const made = await client.ask('fleet.add', input);
      await printChanged(client, made, command);
    });
}

function editCommand(): Command {
  return withHost(new Command('edit'))
    .description('change what is known of a host; what is left out stays')
    .argument('<name>', 'its name')
    .option('--rename <name>', 'its new name')
    .option('--json', 'print it as JSON')
    .action(async (name: string, options: HostOptions, command: Command) => {
      const fields = fieldsOf(options, given(command));
      if (Object.keys(fields).length === 0)
        throw new UsageError('expected what to change, see ninjad fleet edit --help');
      const client = connect();
      await printChanged(client, await client.ask('fleet.edit', { ...fields, name }), command);
    });
}

function given(command: Command): (name: string) => boolean {
  return (name) => command.getOptionValueSource(name) === 'cli';
}

async function printChanged(
  { ask }: ReturnType<typeof connect>,
  changed: Answers['fleet.add'],
  command: Command,
): Promise<void> {
  const { name, acceptedKey, token } = changed;
  const host = await ask('fleet.get', { name });
  if (isJson(command)) {
    printJson({ ...host, acceptedKey, token });
    return;
  }
  const url = token === null ? undefined : (await ask('status.get', {})).dashboard.url;
  printLines([
    ...hostLines(host, Date.now()),
    ...(acceptedKey === null
      ? []
      : [
          `${acceptedKey.isNew ? 'accepted its key' : 'its key was known already'}: ${acceptedKey.type} ${acceptedKey.fingerprint}`,
        ]),
    ...(token === null
      ? []
      : [
          `its token, shown this once: ${token}`,
          `on the host, every ${host.every}:`,
          `  NINJAD_FLEET_TOKEN=${token} ninjad fleet report --to ${new URL(`/fleet/push/${name}`, url ?? 'http://localhost:7717').href}`,
        ]),
  ]);
}

function removeCommand(): Command {
  return new Command('remove')
    .description('watch a host no more; within a week restore brings it back')
    .argument('<name>', 'its name')
    .option('--json', 'print it as JSON')
    .action(async (name: string, _: unknown, command: Command) => {
      printDone(await connect().ask('fleet.remove', { name }), 'removed', command);
    });
}

function restoreCommand(): Command {
  return new Command('restore')
    .description('bring back a host that was removed within the last week, with what was recorded of it')
    .argument('<name>', 'its name')
    .option('--json', 'print it as JSON')
    .action(async (name: string, _: unknown, command: Command) => {
      printDone(await connect().ask('fleet.restore', { name }), 'watched again', command);
    });
}

function showCommand(): Command {
  return new Command('show')
    .description('one host: its last report and events')
    .argument('<name>', 'its name')
    .option('--json', 'print it as JSON')
    .action(async (name: string, _: unknown, command: Command) => {
      const host = await connect().ask('fleet.get', { name });
      if (isJson(command)) printJson(host);
      else printLines(hostLines(host, Date.now()));
    });
}

function pollCommand(): Command {
  return new Command('poll')
    .description('ask a host now; exits 1 where it does not answer')
    .argument('<name>', 'its name')
    .option('--json', 'print the outcome as JSON')
    .action(async (name: string, _: unknown, command: Command) => {
      const polled = await connect().ask('fleet.poll', { name });
      if (isJson(command)) printJson(polled);
      else printLines(pollLines(polled));
      if (!polled.answered) process.exitCode = exitCodes.failed;
    });
}

function pauseCommand(): Command {
  return new Command('pause')
    .description('ask a host no more until it is resumed')
    .argument('<name>', 'its name')
    .option('--json', 'print it as JSON')
    .action(async (name: string, _: unknown, command: Command) => {
      printDone(await connect().ask('fleet.pause', { name }), 'not polled any more', command);
    });
}

function resumeCommand(): Command {
  return new Command('resume')
    .description('ask a host again that was paused')
    .argument('<name>', 'its name')
    .option('--json', 'print it as JSON')
    .action(async (name: string, _: unknown, command: Command) => {
      printDone(await connect().ask('fleet.resume', { name }), 'polled again', command);
    });
}

interface MaintenanceOptions {
  for?: string;
  window?: string;
  zone?: string;
  off?: true;
}

function maintenanceCommand(): Command {
  return new Command('maintenance')
    .description('record what a host does for a while, and send nothing of it')
    .argument('<name>', 'its name')
    .option('--for <time>', 'from now on, such as 2h')
    .option('--window <window>', 'a time that comes again, such as "sun 02:00-04:00" or "22:00-02:00"')
    .option('--zone <zone>', 'the time zone of that window (default: yours)')
    .option('--off', 'end it, and take all windows away')
    .option('--json', 'print it as JSON')
    .action(async (name: string, { for: span, window, zone, off }: MaintenanceOptions, command: Command) => {
      if ([span, window, off].filter((each) => each !== undefined).length !== 1)
        throw new UsageError('expected one of --for, --window and --off');
      const { ask } = connect();
      await ask('fleet.maintenance', {
        name,
        ...(span !== undefined && { for: span }),
        ...(window !== undefined && { window: windowOf(window, zone) }),
        ...(off === true && { off }),
      });
      const { maintenance } = await ask('fleet.get', { name });
      if (isJson(command)) printJson({ name, maintenance });
      else
        printLines([
          `${oneLine(name)}: ${[...maintenance.windows, ...(maintenance.until === null ? [] : [`until ${maintenance.until}`])].join('; ') || 'no maintenance'}`,
        ]);
    });
}

function tokenCommand(): Command {
  return new Command('token')
    .description('give a host that reports by itself a new token')
    .argument('<name>', 'its name')
    .option('--json', 'print it as JSON')
    .action(async (name: string, _: unknown, command: Command) => {
      const { token } = await connect().ask('fleet.token', { name });
      if (isJson(command)) printJson({ name, token });
      else printLines([`the new token of ${oneLine(name)}, shown this once: ${token ?? ''}`]);
    });
}

function printDone(done: { name: string }, what: string, command: Command): void {
  if (isJson(command)) printJson(done);
  else printLines([`${oneLine(done.name)} is ${what}`]);
}
