import { isAbsolute } from 'node:path';
import { z } from 'zod';
import type { Misfit, ValuesOf } from '../lib/config/schema.ts';
import {
  absolutePath,
  category,
  milliseconds,
  oneOf,
  orNull,
  setting,
  wholeNumber,
} from '../lib/config/setting.ts';
import { agentNames, cliNames } from '../lib/wire/agent-names.ts';
import { MINUTE, SECOND } from '../lib/time.ts';
import { taskMarkerName } from '../lib/process/marker.ts';
import { isSessionMarker } from './agents/claude/login-variables.ts';
import { defaultPermissions, permissionChangeSchema, permissionSchema } from './permissions/permission.ts';

const commandLine = {
  schema: z.array(z.string().min(1).max(10_000)).min(1).max(100).readonly(),
  expects: 'a list of words, the program first',
};
const standbys = { schema: z.union([z.literal(0), z.literal(1)]), expects: '0 or 1' };
const variableNames = {
  schema: z
    .array(
      z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/)
        .refine((name) => !isSessionMarker(name) && name !== taskMarkerName),
    )
    .max(200)
    .readonly(),
  expects:
    'a list of names of variables, without those that mark a session (CLAUDECODE, CLAUDE_CODE_SESSION_ID …)',
};
const timeouts = {
  schema: z.record(category, z.int().min(SECOND)).readonly(),
  expects: 'an object from category to a whole number of milliseconds, 1000 or more',
};
const cliName = z.enum(cliNames);
const cliPaths = {
  schema: z.partialRecord(cliName, z.string().refine(isAbsolute)).readonly(),
  expects: `an object from ${cliNames.join(', ')} to an absolute path`,
};
const cliModels = {
  schema: z.partialRecord(cliName, z.string().regex(/^[\w.:/@-]{1,100}$/)).readonly(),
  expects: `an object from ${cliNames.join(', ')} to the name of a model`,
};
const usd = z.number().min(0).max(100_000);
const price = z.strictObject({
  input: usd,
  output: usd,
  cacheRead: usd.optional(),
  cacheWrite: usd.optional(),
});
const modelPrices = {
  schema: z.record(z.string().min(1).max(100), price.readonly()).readonly(),
  expects: 'an object from model to input, output, cacheRead and cacheWrite in US dollars a million tokens',
};
const permission = {
  schema: permissionSchema.readonly(),
  expects: 'an object with mode, tools, allow and deny',
};
const permissionChanges = {
  schema: z.record(category, permissionChangeSchema.readonly()).readonly(),
  expects: 'an object from category to any of mode, tools, allow and deny',
};

/** Settings of tasks: the agent, their time, attempts, sessions and lanes, and what they may do. */
export const taskSettings = {
  'agent.path': setting(orNull(absolutePath), null, {
    description: 'The agent CLI to run; null looks for `claude` on the PATH and where installers put it.',
    env: 'NINJAD_AGENT',
    hot: false,
  }),
  'agent.command': setting(orNull(commandLine), null, {
    description:
      'Another program to run instead of `claude`, as a list of words, e.g. `["llm", "-m", "mistral"]`: the prompt comes on its stdin, its stdout is the reply, an exit status above 0 a failure. It has none of the tools.',
    hot: false,
  }),
  'agent.default': setting(orNull(oneOf(agentNames)), null, {
    description:
      'Who answers tasks for which neither rule nor goal nor message names another; null is the program of `agent.command` where one is named, else `claude`.',
    hot: true,
  }),
  'agent.fallback': setting(orNull(oneOf(agentNames)), null, {
    description:
      'Who answers in its place where it is missing, logged out, out of quota, or cannot be held to the permissions of a task; the reply says so. Null: nobody.',
    hot: true,
  }),
  'agent.paths': setting(
    cliPaths,
    {},
    {
      description:
        'The programs of CLIs other than claude, e.g. `{"codex": "/opt/codex/bin/codex"}`; one that is not named is looked for on the PATH and where installers put it.',
      hot: false,
    },
  ),
  'agent.models': setting(
    cliModels,
    {},
    {
      description:
        'The model that each CLI is started with, e.g. `{"codex": "gpt-5.1-codex"}`; what is left out is its own choice.',
      hot: true,
    },
  ),
  'agent.prices': setting(
    modelPrices,
    {},
    {
      description:
        'US dollars a million tokens by model, for CLIs that tell no cost, e.g. `{"gpt-5.1-codex": {"input": 1.25, "output": 10, "cacheRead": 0.125}}`; `codex` stands for its own choice of a model, `*` for all others. What costs by it is marked as an estimate.',
      hot: true,
    },
  ),
  'agent.environment': setting(variableNames, [], {
    description:
      'Names of further variables of the daemon\'s environment that reach the agent, e.g. `["GH_TOKEN"]`; those by which the CLI logs in and finds its provider (`ANTHROPIC_*`, `CLAUDE_CODE_OAUTH_TOKEN`, `CLAUDE_CODE_USE_BEDROCK`, `AWS_*`, `GOOGLE_*` …) and proxies do without.',
    hot: true,
  }),
  'agent.standby': setting(orNull(standbys), null, {
    description:
      'How many agents are started before your next message is there, so that it is answered sooner: 1 takes about 190 MB; null is 1 while 2 GB of memory are free.',
    env: 'NINJAD_STANDBY',
    hot: true,
  }),
  'task.timeoutMs': setting(milliseconds(SECOND), 11 * MINUTE, {
    description: 'How long a task may run before it is ended.',
    env: 'NINJAD_TASK_TIMEOUT_MS',
    hot: true,
  }),
  'task.timeoutMsByCategory': setting(
    timeouts,
    {},
    {
      description: 'Other limits for the tasks of some categories, e.g. `{"backup": 1800000}`.',
      hot: true,
    },
  ),
  'task.noOutputMs': setting(milliseconds(SECOND), 5 * MINUTE, {
    description:
      'How long a task may be silent before it is ended and tried again; every line that the agent prints counts, and a tool at work adds its own limit.',
    hot: true,
  }),
  'task.silenceMs': setting(milliseconds(SECOND), 3 * MINUTE, {
    description:
      'How long a model or an agent may be silent until you are told, with how long it is tried; a tool at work adds its own limit.',
    hot: true,
  }),
  'task.silenceMsByCategory': setting(
    timeouts,
    {},
    { description: 'The same for the tasks of some categories, e.g. `{"backup": 900000}`.', hot: true },
  ),
  'task.killGraceMs': setting(milliseconds(0, 10 * MINUTE), 5 * SECOND, {
    description: 'How long the processes of an ended task have between SIGTERM and SIGKILL.',
    env: 'NINJAD_KILL_GRACE_MS',
    hot: true,
  }),
  'task.containment': setting(oneOf(['auto', 'marker']), 'auto', {
    description:
      'How the processes of tasks are held together: `auto` gives each task a cgroup where one can be had, `marker` never does. Linux holds what loses its parents either way.',
    hot: false,
  }),
  'task.maxAttempts': setting(wholeNumber(1, 20), 3, {
    description: 'How often a failing task is tried before it is given up.',
    hot: true,
  }),
  'task.maxTurns': setting(orNull(wholeNumber(1, 10_000)), null, {
    description:
      'How often the model may answer in one run of a task. Null sets no limit besides time and money.',
    hot: true,
  }),
  'task.goalsInDoubt': setting(oneOf(['wait', 'repeat']), 'wait', {
    description:
      'What a run of a goal does that was cut off while a tool was at work that may have changed something: `wait` for you, or `repeat` it, knowing that.',
    hot: true,
  }),
  'task.retryMinMs': setting(milliseconds(0), 5 * SECOND, {
    description: 'Wait before the second attempt; it doubles for each further one.',
    hot: true,
  }),
  'conversations.idleDays': setting(wholeNumber(0, 36_500, 'days'), 7, {
    description:
      'How long a conversation may rest and still go on in its session; then it begins anew. 0 lets each message begin one.',
    hot: true,
  }),
  'lanes.total': setting(orNull(wholeNumber(1, 64)), 3, {
    description:
      'How many tasks may run at once, where there is room for them; null lets the machine decide: one more than it has cores, 3 to 16, as far as memory goes.',
    hot: true,
  }),
  'lanes.reservedForHuman': setting(wholeNumber(0, 63), 1, {
    description: 'How many of these places only HUMAN tasks may use; fewer than `lanes.total`.',
    hot: true,
  }),
  'tasks.maxMemory': setting(orNull(wholeNumber(128, 16_777_216, 'MiB')), null, {
    description:
      "Memory that all running agents may take together, in MiB; null allows three quarters of what the machine or its cgroup has. None is started beyond it, and one that only waits (`agent.standby`) goes first; where they grow past it you are told, and if it stays so the largest is ended, a person's last.",
    hot: true,
  }),
  'selfTasks.maxDepth': setting(wholeNumber(0, 10), 3, {
    description: 'How deep tasks may queue tasks: 1 lets only those that nobody queued; 0 forbids it.',
    hot: true,
  }),
  'selfTasks.perTask': setting(wholeNumber(0, 100), 5, {
    description: 'How many tasks one task may queue.',
    hot: true,
  }),
  'selfTasks.perHour': setting(wholeNumber(0, 10_000), 30, {
    description: 'How many tasks all tasks together may queue in an hour.',
    hot: true,
  }),
  'permissions.owner': setting(permission, defaultPermissions.owner, {
    description:
      'What the agent may do for your own messages: the mode and rules of the CLI, and which tools exist.',
    hot: true,
  }),
  'permissions.local': setting(permission, defaultPermissions.local, {
    description:
      'What it may do about events from your machines. Whatever it says, your keys and what the home keeps (token, settings, sockets, database) stay denied to the tools that read files; a shell command that you allow reads what it likes.',
    hot: true,
  }),
  'permissions.untrusted': setting(permission, defaultPermissions.untrusted, {
    description: 'What it may do about what anybody could have written, such as mail.',
    hot: true,
  }),
  'permissions.byCategory': setting(
    permissionChanges,
    {},
    {
      description:
        'What changes for the tasks of some categories, e.g. `{"backup": {"allow": ["Bash(restic:*)"]}}`; untrusted sources only lose by it.',
      hot: true,
    },
  ),
  'shutdown.drainMs': setting(milliseconds(0, 60 * MINUTE), 30 * SECOND, {
    description: 'How long running tasks may go on after SIGTERM; then they are ended and queued again.',
    hot: false,
  }),
};

/** The values of these settings. */
export type TaskValues = ValuesOf<typeof taskSettings>;

/** Rules of tasks: some lane is left to those that are not HUMAN, and one agent is named at most. */
export function taskMisfits(settings: ValuesOf<typeof taskSettings>): Misfit[] {
  const found: Misfit[] = [];
  const { 'lanes.total': total, 'lanes.reservedForHuman': reserved } = settings;
  if (total !== null && reserved >= total) {
    found.push({
      keys: ['lanes.reservedForHuman', 'lanes.total'],
      message: `lanes.reservedForHuman: expected less than lanes.total (${total}), got ${reserved}`,
    });
  }
  if (settings['agent.path'] !== null && settings['agent.command'] !== null) {
    found.push({
      keys: ['agent.command', 'agent.path'],
      message: 'agent.command: expected null where agent.path (NINJAD_AGENT) names an agent, got both',
    });
  }
  return found;
}
