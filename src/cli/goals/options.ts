import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../../lib/errors.ts';
import { taskMarkerName } from '../../lib/process/marker.ts';
import { type AgentName, agentNames } from '../../lib/wire/agent-names.ts';
import type { Request } from '../../operations.ts';
import { agentOption, nameOption } from '../options.ts';
import { readStdin } from '../read-text.ts';

/** What may be said of a goal on the command line. */
export interface TermOptions {
  when?: string;
  zone?: string;
  prompt?: string;
  reflex?: string;
  conversation?: string;
  category?: string;
  priority?: string;
  agent?: AgentName | null;
  model?: string;
  budget?: number | null;
  timeout?: string;
  missed?: string;
  missedWindow?: string;
  missedCap?: number;
  overlap?: string;
  jitter?: string;
  quiet?: string;
  condition?: string;
  doneCheck?: string;
}

/** The fields of a change, in which null takes away. */
type Change = Omit<Request<'goal.edit'>, 'id' | 'byTask'>;

/** Adds the options of `TermOptions`. */
export function withTerms(command: Command): Command {
  return command
    .option(
      '--when <when>',
      'when it is due: "every weekday at 9", "every 90 minutes", "tomorrow at 8", cron, or an instant',
    )
    .option('--zone <zone>', "the time zone it goes by, such as Europe/Berlin (default: the daemon's)")
    .option('--prompt <text>', 'what an agent is asked; - reads it from stdin')
    .option('--reflex <line>', 'write this wire line instead, without an agent')
    .option('--conversation <name>', 'go on with the conversation of this name')
    .option(
      '--category <category>',
      'the category of its events, by which permissions go (default: goal)',
      nameOption,
    )
    .addOption(
      new Option('--priority <priority>', 'the priority of its events').choices([
        'URGENT',
        'HIGH',
        'NORMAL',
        'LOW',
        'IDLE',
      ]),
    )
    .option(
      '--agent <name>',
      `the agent that does it: ${agentNames.join(', ')} (default: agent.default)`,
      agentOption,
    )
    .option('--model <model>', 'the model, such as haiku')
    .option('--budget <usd>', 'what one run may cost, in US dollars', budgetOption)
    .option('--timeout <span>', 'how long one run may take, such as 10m (default: 30m)')
    .addOption(
      new Option('--missed <policy>', 'what becomes of runs that were missed (default: skip)').choices([
        'skip',
        'once',
        'all',
      ]),
    )
    .option('--missed-window <span>', 'how old a missed run may be to be made up for (default: 1d)')
    .option('--missed-cap <number>', 'how many at most are made up for with all (default: 10)', countOption)
    .addOption(
      new Option('--overlap <policy>', 'where the last run is not through (default: skip)').choices([
        'skip',
        'queue',
        'cancel-other',
      ]),
    )
    .option('--jitter <span>', 'begin up to so much later, such as 30s')
    .option('--quiet <hours>', 'hours in which only what is critical is told, such as 22:00-07:00')
    .option('--condition <command>', 'a command that decides whether an agent is needed: exit 0 yes, 1 no')
    .option(
      '--done-check <check>',
      'a command or JSON schema that decides whether it is done, whatever the agent says',
    );
}

/** The options with the prompt from stdin where it is a lone `-`. */
export async function withStdin<Options extends TermOptions>(options: Options): Promise<Options> {
  return options.prompt === '-' ? { ...options, prompt: await readStdin() } : options;
}

/** The options as the daemon takes them; an empty text takes away what was set. */
export function changeOf(options: TermOptions): Change {
  const { when, zone, category, priority, missed, missedWindow, missedCap, overlap, timeout, jitter } =
    options;
  const { prompt, reflex, conversation, agent, model, budget, quiet, condition, doneCheck } = options;
  for (const [name, value] of Object.entries({ when, zone, timeout, missedWindow, jitter }))
    if (value === '') throw new UsageError(`--${name} needs a value`);
  return withoutUndefined({
    ...{ when, zone, category, missedWindow, missedCap, timeout, jitter },
    ...({ priority, missed, overlap } as Pick<Change, 'priority' | 'missed' | 'overlap'>),
    ...{ prompt: cleared(prompt), reflex: cleared(reflex), conversation: cleared(conversation) },
    ...{ agent, model: cleared(model), budget, quiet: cleared(quiet), condition: cleared(condition) },
    doneCheck: cleared(doneCheck),
  });
}

/** The task whose agent runs this command line, so that a goal is trusted no further than that. */
export function askingTask(env: NodeJS.ProcessEnv): { byTask?: number } {
  const [, task] = /^[^:]+:([1-9]\d{0,14}):\d+$/.exec(env[taskMarkerName] ?? '') ?? [];
  return task === undefined ? {} : { byTask: Number(task) };
}

function cleared(text: string | undefined): string | null | undefined {
  return text === '' ? null : text;
}

function withoutUndefined<T extends object>(fields: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

function budgetOption(text: string): number | null {
  if (text === '') return null;
  const usd = Number(text.replace(/^\$/, ''));
  if (usd > 0 && Number.isFinite(usd)) return usd;
  throw new InvalidArgumentError('Expected an amount in US dollars, such as 0.50.');
}

function countOption(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= 100) return count;
  throw new InvalidArgumentError('Expected a whole number from 1 to 100.');
}
