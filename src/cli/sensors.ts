import { Command, InvalidArgumentError } from 'commander';
import type { Answers } from '../operations.ts';
import { connect } from './connect.ts';
import { exitCodes } from './failure.ts';
import { isJson } from './memory-options.ts';
import { paint } from './paint.ts';
import { printJson, printLines, tableLines } from './print.ts';
import { oneLine } from './printable.ts';
import { printShortList, shortListOf, type ShortListOptions, withShortList } from './short-list.ts';
import { duration, relativeTime } from './units.ts';

type Sensor = Answers['sensors.list'][number];

interface FieldOptions {
  set?: Record<string, unknown>;
  every?: string;
  cron?: string;
  zone?: string;
  timeout?: string;
}

const help = `
A sensor measures by the clock and writes an event when something has changed. Those that ship are off until you ask for
them; what stands before a colon in a name is the kind, so that there may be several of one. Any program in the folder
"sensors" of the home is one too: a line "# ninjad: every 5m" among its first ten, or NAME.json beside it, says when it
runs, and each line that it prints is an event.

Examples:
  $ ninjad sensors                                   all of them, and the kinds that there are
  $ ninjad sensors enable disk --set warnPercent=80
  $ ninjad sensors enable tls:nas --set host=nas.local --set port=8443 --every 6h
  $ ninjad sensors try memory --set warnPercent=1    run one now: what it would write, or nothing
  $ ninjad sensors show disk
  $ ninjad sensors disable disk
`;

/** `ninjad sensors`: what watches by itself. */
export function sensorsCommand(): Command {
  const sensors = new Command('sensors')
    .description('list, try and switch sensors')
    .addHelpText('after', help);
  withShortList(sensors.command('list', { isDefault: true }))
    .description('all sensors and how they stand')
    .option('--json', 'print them as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ ninjad sensors list\n  $ ninjad sensors list --text disk --json\n',
    )
    .action(async (options: ShortListOptions, command: Command) => {
      const all = await connect().ask('sensors.list', {});
      const { rows: found, next } = shortListOf(all, options, ({ name }) => name);
      if (isJson(command)) printJson(found);
      else printShortList(sensorTable(found, Date.now()), next);
    });
  sensors
    .command('show')
    .description('one sensor: what it found, when it runs, what it wrote')
    .argument('<name>', 'such as disk or tls:nas')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExamples:\n  $ ninjad sensors show disk\n')
    .action(async (name: string, _: unknown, command: Command) => {
      const sensor = await connect().ask('sensor.get', { name });
      if (isJson(command)) printJson(sensor);
      else printLines(sensorLines(sensor, Date.now()));
    });
  addTry(sensors);
  withFields(
    sensors
      .command('enable')
      .description('switch one on; what is given changes what was said before')
      .argument('<name>', 'a kind, or a kind with a name of yours such as tls:nas'),
  )
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExamples:\n  $ ninjad sensors enable backup --set path=/backup --every 1h\n')
    .action(async (name: string, options: FieldOptions, command: Command) => {
      const fields = fieldsOf(options);
      const sensor = await connect().ask('sensor.enable', { name, ...(fields !== undefined && { fields }) });
      if (isJson(command)) printJson(sensor);
      else printLines([`${sensor.name} is on${whenOf(sensor, Date.now())}`]);
    });
  sensors
    .command('disable')
    .description('switch one off; its settings are kept')
    .argument('<name>', 'its name')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExamples:\n  $ ninjad sensors disable disk\n')
    .action(async (name: string, _: unknown, command: Command) => {
      const sensor = await connect().ask('sensor.disable', { name });
      if (isJson(command)) printJson(sensor);
      else printLines([`${sensor.name} is off`]);
    });
  return sensors;
}

function addTry(sensors: Command): void {
  withFields(
    sensors
      .command('try')
      .description('run one now and print the lines that it would write, or nothing')
      .argument('<name>', 'its name, or a kind that is off'),
  )
    .option('--json', 'print them as JSON, with what was found')
    .addHelpText('after', '\nExamples:\n  $ ninjad sensors try disk --set warnPercent=1\n')
    .action(async (name: string, options: FieldOptions, command: Command) => {
      const fields = fieldsOf(options);
      const trial = await connect().ask('sensor.try', { name, ...(fields !== undefined && { fields }) });
      if (isJson(command)) printJson(trial);
      else printLines(trial.lines.map(oneLine));
      const blind = trial.findings.filter(({ unknown }) => unknown !== null);
      // Standard output has wire lines alone, so that it can be piped on.
      if (!isJson(command))
        for (const { subject, unknown } of blind)
          process.stderr.write(`${oneLine(`${subject || trial.name} is unknown: ${unknown ?? ''}`)}\n`);
      if (trial.reason !== null) process.stderr.write(`${oneLine(`${trial.name}: ${trial.reason}`)}\n`);
      if (trial.state === 'failed') process.exitCode = exitCodes.failed;
    });
}

function withFields(command: Command): Command {
  return command
    .option('--set <key=value>', 'a setting of its kind; may be repeated', setOption)
    .option('--every <period>', 'how often it runs, such as 30s, 5m, 12h or 1d')
    .option('--cron <expression>', 'when it runs, as five or six fields')
    .option('--zone <zone>', 'the time zone of the cron expression, such as Europe/Berlin')
    .option('--timeout <time>', 'how long a run may take, such as 30s');
}

function setOption(text: string, before: Record<string, unknown> = {}): Record<string, unknown> {
  const [, key, value] = /^([A-Za-z][A-Za-z0-9]{0,63})=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined)
    throw new InvalidArgumentError('Expected a setting and its value, such as warnPercent=80.');
  return { ...before, [key]: valueOf(value) };
}

/** A number, a list and the like as JSON; anything else is a text. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function fieldsOf({ set, every, cron, zone, timeout }: FieldOptions): Record<string, unknown> | undefined {
  const fields = {
    ...set,
    ...(every !== undefined && { every }),
    ...(cron !== undefined && { cron }),
    ...(zone !== undefined && { zone }),
    ...(timeout !== undefined && { timeout }),
  };
  return Object.keys(fields).length === 0 ? undefined : fields;
}

function sensorTable(sensors: readonly Sensor[], now: number): string[] {
  const columns = ['name', 'state', 'when', 'last run', 'what'].map((title) => ({ title }));
  return tableLines(
    columns,
    sensors.map((sensor) => [
      oneLine(sensor.name),
      paintLevel(sensor.state),
      scheduleText(sensor),
      sensor.lastRun === null ? '' : relativeTime(Date.parse(sensor.lastRun.at), now),
      oneLine(sensor.reason ?? sensor.says),
    ]),
  );
}

function sensorLines(sensor: Sensor, now: number): string[] {
  const { lastRun, lastSuccess, trouble } = sensor;
  const facts: [string, string][] = [
    ['sensor', `${sensor.name}, ${sensor.says}`],
    ['said by', originText(sensor)],
    ['state', `${paintLevel(sensor.state)}${sensor.reason === null ? '' : `: ${oneLine(sensor.reason)}`}`],
    ['runs', `${scheduleText(sensor) || 'never by itself'}${whenOf(sensor, now)}`],
    ['at most', duration(sensor.timeoutMs)],
    [
      'last run',
      lastRun === null
        ? 'none yet'
        : `${relativeTime(Date.parse(lastRun.at), now)}, ${lastRun.state} in ${duration(lastRun.tookMs)}, ${lastRun.events} events${lastRun.reason === null ? '' : `: ${oneLine(lastRun.reason)}`}`,
    ],
    ['last good', lastSuccess === null ? 'never' : relativeTime(Date.parse(lastSuccess), now)],
  ];
  if (trouble !== null)
    facts.push([
      'trouble',
      `${trouble.kind} for ${duration(now - Date.parse(trouble.since))}: ${oneLine(trouble.text)}`,
    ]);
  if (Object.keys(sensor.settings).length > 0)
    facts.push(['settings', oneLine(JSON.stringify(sensor.settings))]);
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    ...facts.map(([name, value]) => `${paint('dim', name.padEnd(width))}  ${value}`),
    ...sensor.findings.map(
      ({ subject, level, text, unknown }) =>
        `  ${paintLevel(level)}  ${oneLine(`${subject === '' || text.includes(subject) ? '' : `${subject}: `}${unknown ?? text}`)}`,
    ),
    ...(sensor.lastEvents.length === 0 ? [] : [paint('dim', 'last events')]),
    ...sensor.lastEvents.map(({ at, line }) => `  ${relativeTime(Date.parse(at), now)}  ${oneLine(line)}`),
  ];
}

function originText({ origin, path }: Sensor): string {
  switch (origin) {
    case 'config':
      return 'config.json, and changed there';
    case 'file':
      return oneLine(path ?? 'a file of yours');
    case 'database':
      return 'ninjad sensors enable';
    case 'built-in':
      return 'nobody: it could be switched on';
  }
}

function scheduleText({ every, cron, zone }: Sensor): string {
  if (cron !== null) return oneLine(`${cron} (${zone ?? ''})`);
  return every === null ? '' : `every ${every}`;
}

function whenOf({ nextRuns }: Sensor, now: number): string {
  const [next] = nextRuns;
  return next === undefined ? '' : `, next ${relativeTime(Date.parse(next), now)}`;
}

function paintLevel(level: string): string {
  if (level === 'ok') return paint('green', level);
  if (level === 'critical' || level === 'trouble') return paint('red', level);
  return level === 'warning' || level === 'unknown' ? paint('yellow', level) : level;
}
