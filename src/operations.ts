import { activityOperations } from './activity/operations.ts';
import { chatOperations } from './chat/operations.ts';
import { discordOperations } from './discord/operations.ts';
import { eventOperations } from './events/operations.ts';
import { controlOperations } from './faces/control/operations.ts';
import { dashboardOperations } from './faces/dashboard/operations.ts';
import { firstStepOperations } from './faces/first-steps/operations.ts';
import { statusOperations } from './faces/status/operations.ts';
import { wordOperations } from './faces/words/operations.ts';
import { findingOperations } from './findings/operations.ts';
import { fleetOperations } from './fleet/operations.ts';
import { goalOperations } from './goals/operations.ts';
import { graphOperations } from './graph/operations.ts';
import { treeOperations } from './inspection/operations.ts';
import type { AnswerOf, NeedsOf, RequestOf } from './lib/operations/operation.ts';
import { mailOperations } from './mail/operations.ts';
import { memoryOperations } from './memory/operations.ts';
import { noticeOperations } from './notices/operations.ts';
import { deliveryOperations } from './outbox/operations.ts';
import { retentionOperations } from './retention/operations.ts';
import { retrospectiveOperations } from './retrospective/operations.ts';
import { scheduleOperations } from './schedule/operations.ts';
import { sensorOperations } from './sensors/operations.ts';
import { selfWatchOperations } from './sensors/self-watch/operations.ts';
import { ruleOperations } from './rules/operations.ts';
import { settingOperations } from './settings/operations.ts';
import { spendOperations } from './spend/operations.ts';
import { storageOperations } from './storage/operations.ts';
import { agentListOperations } from './tasks/agents/operations.ts';
import { agentOperations } from './tasks/mcp/operations.ts';
import { taskOperations } from './tasks/operations.ts';
import { transferOperations } from './transfer/operations.ts';
import { upkeepOperations } from './upkeep/operations.ts';
import { wishOperations } from './wishes/operations.ts';

/**
 * All that a face may ask for, by name: one line a concern. Pages, `/api`, and the control socket of the command line serve
 * this table. An operation that is no GET changes something, leaves a line in the activity log unless it says why not, and
 * tells open pages which list has changed.
 */
export const operations = {
  ...dashboardOperations,
  ...statusOperations,
  ...firstStepOperations,
  ...wordOperations,
  ...eventOperations,
  ...ruleOperations,
  ...taskOperations,
  ...agentListOperations,
  ...chatOperations,
  ...memoryOperations,
  ...graphOperations,
  ...wishOperations,
  ...retrospectiveOperations,
  ...findingOperations,
  ...goalOperations,
  ...scheduleOperations,
  ...sensorOperations,
  ...selfWatchOperations,
  ...fleetOperations,
  ...mailOperations,
  ...settingOperations,
  ...retentionOperations,
  ...storageOperations,
  ...activityOperations,
  ...noticeOperations,
  ...deliveryOperations,
  ...discordOperations,
  ...spendOperations,
  ...treeOperations,
  ...agentOperations,
  ...upkeepOperations,
  ...transferOperations,
  ...controlOperations,
};

export type Operations = typeof operations;
export type OperationName = keyof Operations;

/** What the handlers need of the daemon. */
export type OperationNeeds = NeedsOf<Operations>;

/** What a face sends for an operation. */
export type Request<Name extends OperationName> = RequestOf<Operations, Name>;

/** The answer of each operation as a face gets it. */
export type Answers = { [Name in OperationName]: AnswerOf<Operations, Name> };
