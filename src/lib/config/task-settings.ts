import { z } from 'zod';
import { defaultPermissions, permissionChangeSchema, permissionSchema } from '../permissions/permission.ts';
import { category, dollars, milliseconds, oneOf, orNull, setting, wholeNumber } from './setting.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const timeouts = {
  schema: z.record(category, z.int().min(SECOND)).readonly(),
  expects: 'an object from category to a whole number of milliseconds, 1000 or more',
};
const permission = {
  schema: permissionSchema.readonly(),
  expects: 'an object with mode, tools, allow and deny',
};
const permissionChanges = {
  schema: z.record(category, permissionChangeSchema.readonly()).readonly(),
  expects: 'an object from category to any of mode, tools, allow and deny',
};

/** The settings of tasks, by dotted name: their time, attempts, sessions, lanes, money, and what they may do. */
export const taskSettings = {
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
};
