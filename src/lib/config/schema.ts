import { z } from 'zod';
import { defaultPermissions, permissionChangeSchema, permissionSchema } from '../permissions/permission.ts';
import { ruleSchema } from '../router/rule.ts';
import {
  absolutePath,
  category,
  dollars,
  hostNames,
  ipAddress,
  flag,
  milliseconds,
  modelName,
  oneOf,
  orNull,
  postgresUrl,
  setting,
  type SettingMeta,
  settingMeta,
  webUrl,
  wholeNumber,
} from './setting.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

const categories = { schema: z.array(category).max(1000).readonly(), expects: 'a list of categories' };
const timeouts = {
  schema: z.record(category, z.int().min(SECOND)).readonly(),
  expects: 'an object from category to a whole number of milliseconds, 1000 or more',
};
const rules = { schema: z.array(ruleSchema).max(1000).readonly(), expects: 'a list of rules' };

const commandLine = {
  schema: z.array(z.string().min(1).max(10_000)).min(1).max(100).readonly(),
  expects: 'a list of words, the program first',
};
const permission = {
  schema: permissionSchema.readonly(),
  expects: 'an object with mode, tools, allow and deny',
};
const permissionChanges = {
  schema: z.record(category, permissionChangeSchema.readonly()).readonly(),
  expects: 'an object from category to any of mode, tools, allow and deny',
};

/** Every setting there is, by its dotted name. README's table is made from this. */
const settingsSchema = z.strictObject({
  port: setting(wholeNumber(0, 65_535), 7717, {
    description: 'TCP port of the dashboard on the loopback address; 0 takes any free one.',
    env: 'NINJAD_PORT',
    hot: false,
  }),
  'dashboard.host': setting(ipAddress, '127.0.0.1', {
    description:
      'IP address that the dashboard binds to. Anything but loopback lets other machines reach the door; it opens to the token only, and traffic is not encrypted.',
    hot: false,
  }),
  'dashboard.names': setting(hostNames, [], {
    description:
      'Host names besides loopback under which the dashboard may be opened, e.g. `["nas.lan"]`; requests for any other name are refused.',
    hot: true,
  }),
  'database.url': setting(orNull(postgresUrl), null, {
    description: 'Postgres server to use; null runs the embedded database.',
    env: 'DATABASE_URL',
    hot: false,
    secret: true,
  }),
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
  'task.killGraceMs': setting(milliseconds(0, 10 * MINUTE), 5 * SECOND, {
    description: 'How long the processes of an ended task have between SIGTERM and SIGKILL.',
    env: 'NINJAD_KILL_GRACE_MS',
    hot: true,
  }),
  'task.containment': setting(oneOf(['auto', 'marker']), 'auto', {
    description:
      'How the processes of tasks are held together: `auto` gives each task a cgroup where one can be had, `marker` never does.',
    hot: false,
  }),
  'task.maxAttempts': setting(wholeNumber(1, 20), 3, {
    description: 'How often a failing task is tried before it becomes a dead letter.',
    hot: true,
  }),
  'task.maxTurns': setting(orNull(wholeNumber(1, 10_000)), null, {
    description:
      'How often the model may answer in one run of a task. Null sets no limit besides time and money.',
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

  'lanes.total': setting(wholeNumber(1, 64), 3, {
    description: 'How many tasks may run at once.',
    hot: true,
  }),
  'lanes.reservedForHuman': setting(wholeNumber(0, 63), 1, {
    description: 'How many of these lanes only HUMAN tasks may use; fewer than `lanes.total`.',
    hot: true,
  }),

  'mailbox.capacity': setting(wholeNumber(1000, 20_000_000), 2_000_000, {
    description: 'How many events may wait in memory; past it the pipe is not read and writers wait.',
    hot: false,
  }),
  'mailbox.ageingMs': setting(milliseconds(SECOND), MINUTE, {
    description: 'An event that has waited this long rises one priority, never into HUMAN.',
    hot: true,
  }),
  'mailbox.coalesce': setting(categories, ['heartbeat'], {
    description: 'Categories of which only the latest waiting event of each source is kept.',
    hot: true,
  }),

  'journal.segmentBytes': setting(wholeNumber(2 * MIB, GIB, 'bytes'), 16 * MIB, {
    description: 'Size at which the journal begins a new file.',
    hot: false,
  }),
  'journal.maxBytes': setting(wholeNumber(4 * MIB, 1024 * GIB, 'bytes'), GIB, {
    description: 'Most disk that the journal may use; past it the pipe is not read. At least two segments.',
    hot: false,
  }),

  'store.batchSize': setting(wholeNumber(1, 10_000), 1000, {
    description: 'Most events that one statement records.',
    hot: false,
  }),
  'router.rules': setting(rules, [], {
    description: 'Rules that are tried, in order, before the built-in ones.',
    hot: true,
  }),

  'retention.eventsDays': setting(wholeNumber(1, 36_500, 'days'), 90, {
    description: 'How long ended events are kept in the database.',
    hot: true,
  }),
  'retention.tasksDays': setting(wholeNumber(1, 36_500, 'days'), 365, {
    description: 'How long ended tasks are kept in the database.',
    hot: true,
  }),
  'retention.transcriptsDays': setting(wholeNumber(1, 36_500, 'days'), 30, {
    description: 'How long the transcripts of tasks are kept in the database.',
    hot: true,
  }),
  'retention.activityDays': setting(wholeNumber(1, 36_500, 'days'), 365, {
    description: 'How long the activity log reaches back.',
    hot: true,
  }),

  'recall.rerankDeadlineMs': setting(milliseconds(0, 4 * SECOND), 2 * SECOND, {
    description:
      'How long the reranker may take over the best ten memories; past it they stay in the order they were found in.',
    hot: true,
  }),

  'spend.dailyUsd': setting(orNull(dollars), null, {
    description: 'Most that tasks may cost in a day; past it only HUMAN tasks run. Null sets no cap.',
    hot: true,
  }),
  'spend.monthlyUsd': setting(orNull(dollars), null, {
    description: 'Most that tasks may cost in a month; past it only HUMAN tasks run. Null sets no cap.',
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
    description: 'What it may do about events from your machines.',
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

  'inference.modelsDir': setting(orNull(absolutePath), null, {
    description:
      'Folder with models, each in `<organisation>/<name>` as on the hub; it is looked into before `models` in the home and before the hub.',
    env: 'NINJAD_MODELS_DIR',
    hot: false,
  }),
  'inference.embedder': setting(orNull(modelName), 'Xenova/bge-small-en-v1.5', {
    description:
      'The model that makes vectors of texts (BERT-like, ONNX). Null leaves it to the lexical embedder.',
    hot: false,
  }),
  'inference.reranker': setting(orNull(modelName), 'Xenova/bge-reranker-base', {
    description: 'The cross-encoder that orders what recall has found. Null leaves the order as found.',
    hot: false,
  }),
  'inference.ner': setting(orNull(modelName), 'Xenova/bert-base-NER', {
    description: 'The model that finds names of people, organisations and places. Null does without.',
    hot: false,
  }),
  'inference.allowDownload': setting(flag, true, {
    description:
      'Whether models that are not on this machine are downloaded, once, into `models` in the home.',
    env: 'NINJAD_ALLOW_DOWNLOAD',
    hot: false,
  }),
  'inference.hub': setting(webUrl, 'https://huggingface.co', {
    description: 'Where models are downloaded from; a mirror of the Hugging Face hub will do.',
    env: 'HF_ENDPOINT',
    hot: false,
  }),
  'inference.deadlineMs': setting(milliseconds(SECOND, 10 * MINUTE), 30 * SECOND, {
    description:
      'How long the models may take over one batch before their process counts as hung and is ended.',
    hot: false,
  }),

  'log.level': setting(oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']), 'info', {
    description: 'The least severe messages that are logged.',
    hot: true,
  }),
  'shutdown.drainMs': setting(milliseconds(0, 60 * MINUTE), 30 * SECOND, {
    description: 'How long running tasks may go on after SIGTERM; then they are ended and queued again.',
    hot: false,
  }),
});

/** The values of all settings by dotted name. */
export type Settings = Readonly<z.output<typeof settingsSchema>>;

/** The dotted name of a setting. */
export type SettingKey = keyof Settings;

/** The names of all settings, in the order of the documentation. */
export const settingKeys = Object.keys(settingsSchema.shape) as readonly SettingKey[];

/** The schema of one setting. */
export function schemaOf(key: SettingKey): z.ZodType {
  return settingsSchema.shape[key];
}

/** What is documented about a setting. */
export function metaOf(key: SettingKey): SettingMeta {
  const meta = settingMeta.get(schemaOf(key));
  if (meta === undefined) throw new Error(`the setting ${key} is not documented`);
  return meta;
}

/** The value of every setting where nobody says otherwise. */
export function defaultSettings(): Settings {
  return settingsSchema.parse({});
}
