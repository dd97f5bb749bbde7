import { InvalidArgumentError, Option, type Command } from 'commander';
import { UsageError } from '../lib/errors.ts';
import { ruleFields } from '../events/router/rule.ts';
import { type AgentName, agentNames } from '../lib/wire/agent-names.ts';
import { PRIORITIES } from '../lib/wire/priority.ts';

/** The options by which a rule is written on the command line. */
export interface RuleOptions {
  about?: string;
  source?: string[];
  category?: string[];
  priority?: string[];
  command?: string[];
  text?: string[];
  field?: Record<string, string[]>;
  ignoreCase?: boolean;
  route?: string;
  setPriority?: string;
  permissionCategory?: string;
  agent?: AgentName;
  throttle?: { count: number; per: string };
  throttleBy?: 'rule' | 'source';
  quiet?: string;
  zone?: string;
  quietThen?: 'hold' | 'lower';
  rule?: Record<string, unknown>;
}

/** Where a rule is to stand. */
export interface PlaceOptions {
  before?: string;
  after?: string;
  place?: number;
  first?: true;
  last?: true;
}

/** How a change is made. */
export interface ChangeOptions {
  dryRun?: true;
  yes?: true;
  json?: true;
}

const farOut = 1_000_000;

/** Adds the options of `RuleOptions`; a pattern stands for the whole, `*` for any characters, and each may be given again. */
export function withRuleOptions(command: Command): Command {
  return command
    .option('--source <pattern>', "events from such a source, e.g. 'cron:*'", collect)
    .option('--category <pattern>', 'events of such a category', collect)
    .addOption(new Option('--priority <name>', 'events of this priority').argParser(collectPriority))
    .option('--text <pattern>', "events whose text fits, e.g. '*disk full*'", collect)
    .option('--command <pattern>', 'texts that begin with such a /command', collect)
    .addOption(
      new Option(
        '--field <name=pattern>',
        "events whose JSON payload has such a field, e.g. 'from=*@example.org'",
      ).argParser(collectField),
    )
    .option('--ignore-case', 'compare text and fields in any case of letters')
    .option('--route <route>', 'task, drop or reflex:NAME; without it the event goes on to the next rules')
    .addOption(
      new Option('--set-priority <name>', 'the priority that it goes on with').choices(PRIORITIES.slice(1)),
    )
    .option('--permission-category <name>', 'its task gets the permissions of this category')
    .addOption(new Option('--agent <name>', 'its task goes to this agent').choices(agentNames))
    .addOption(
      new Option(
        '--throttle <n/time>',
        'let so many through in a time, e.g. 5/10m, and drop the rest',
      ).argParser(throttleOption),
    )
    .addOption(
      new Option('--throttle-by <what>', 'count all together, or each source').choices(['rule', 'source']),
    )
    .option('--quiet <from-until>', 'quiet hours, e.g. 22:00-07:00; URGENT and HUMAN pass')
    .option('--zone <zone>', 'their time zone (default: that of the daemon)')
    .addOption(
      new Option('--quiet-then <what>', 'hold tasks until they end, or lower the priority').choices([
        'hold',
        'lower',
      ]),
    )
    .option('--about <text>', 'what it is for')
    .addOption(
      new Option('--rule <json>', 'the rule, or a part of it, as JSON; other options come on top').argParser(
        jsonOption,
      ),
    );
}

/** Adds the options of `PlaceOptions`. */
export function withPlace(command: Command): Command {
  return command
    .option('--before <name>', 'stand right before this rule')
    .option('--after <name>', 'stand right after this rule')
    .addOption(new Option('--place <number>', 'stand at this place, counted from 1').argParser(placeOption))
    .option('--first', 'be asked first')
    .option('--last', 'be asked last of yours');
}

/** Adds the options of `ChangeOptions`. */
export function withChangeOptions(command: Command): Command {
  return command
    .option('--dry-run', 'say what would change and what it would have done, and change nothing')
    .option('--yes', 'do it also where it takes your own words, or everything')
    .option('--json', 'print the answer as JSON');
}

/** The fields of a rule that the options name. */
export function ruleOf(options: RuleOptions): Record<string, unknown> {
  const { rule = {}, field, throttle, throttleBy, quiet, zone, quietThen, ...plain } = options;
  const named = Object.entries(plain).filter(([name]) => (ruleFields as string[]).includes(name));
  const before = rule as { throttle?: object; quiet?: object; fields?: object };
  return {
    ...rule,
    ...Object.fromEntries(named),
    ...(field && { fields: { ...before.fields, ...field } }),
    ...((throttle ?? throttleBy) !== undefined && {
      throttle: { ...before.throttle, ...throttle, ...(throttleBy && { by: throttleBy }) },
    }),
    ...((quiet ?? zone ?? quietThen) !== undefined && {
      quiet: {
        ...before.quiet,
        ...(quiet !== undefined && { hours: quiet }),
        ...(zone !== undefined && { zone }),
        ...(quietThen && { then: quietThen }),
      },
    }),
  };
}

/** The fields that the options change of a rule; a part of a throttle or of quiet hours leaves its other parts as they are. */
export function changesOf(
  { throttle, quiet }: { throttle?: object | undefined; quiet?: object | undefined },
  options: RuleOptions,
): Record<string, unknown> {
  const named = new Set(Object.keys(ruleOf(options)));
  const whole = ruleOf({ ...options, rule: { throttle, quiet, ...options.rule } });
  return Object.fromEntries(Object.entries(whole).filter(([field]) => named.has(field)));
}

/** The place as the daemon takes it; throws a `UsageError` where more than one is named. */
export function placeOf({ before, after, place, first, last }: PlaceOptions) {
  const given = [before, after, place, first, last].filter((one) => one !== undefined);
  if (given.length > 1)
    throw new UsageError('expected one of --before, --after, --place, --first and --last');
  if (first === true) return { place: 1 };
  if (last === true) return { place: farOut };
  return { before, after, place };
}

/** A field that `--unset` takes away. */
export function unsetOption(text: string, before: string[] = []): string[] {
  const names: Record<string, string> = {
    'ignore-case': 'ignoreCase',
    'set-priority': 'setPriority',
    field: 'fields',
  };
  const name =
    new Map(Object.entries({ ...names, 'permission-category': 'permissionCategory' })).get(text) ?? text;
  if (name === 'name' || !(ruleFields as string[]).includes(name))
    throw new InvalidArgumentError(`Expected one of ${ruleFields.slice(1).join(', ')}.`);
  return [...before, name];
}

function collect(text: string, before: string[] = []): string[] {
  return [...before, text];
}

function collectPriority(text: string, before: string[] = []): string[] {
  const name = PRIORITIES.find((priority, rank) => priority === text.toUpperCase() || String(rank) === text);
  if (name === undefined) throw new InvalidArgumentError(`Expected ${PRIORITIES.join(', ')} or 0 to 5.`);
  return [...before, name];
}

function collectField(text: string, before: Record<string, string[]> = {}): Record<string, string[]> {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1)
    throw new InvalidArgumentError("Expected NAME=PATTERN, such as 'from=*@example.org'.");
  const name = text.slice(0, at);
  const known = new Map(Object.entries(before));
  return Object.fromEntries(known.set(name, [...(known.get(name) ?? []), text.slice(at + 1)]));
}

function throttleOption(text: string): { count: number; per: string } {
  const [, count, per] = /^(\d{1,4})\s*(?:\/|in|per)\s*(\d+[smhd])$/.exec(text.trim()) ?? [];
  if (count === undefined || per === undefined)
    throw new InvalidArgumentError('Expected a number and a time, such as 5/10m or 100/1h.');
  return { count: Number(count), per };
}

function placeOption(text: string): number {
  const place = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined;
  if (place === undefined) throw new InvalidArgumentError('Expected a place counted from 1.');
  return place;
}

function jsonOption(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // The sentence below says what was expected.
  }
  throw new InvalidArgumentError('Expected one JSON object, such as {"source":"cron:*","route":"drop"}.');
}
