import type { Prices } from '../../spend/rows/estimate-cost.ts';
import type { UsageByModel } from '../../spend/model-usage.ts';
import type { CutOff } from '../run/cut-off.ts';
import type { Outcome } from '../run/outcome.ts';
import type { Verdict } from '../run/retry.ts';
import type { TaskAttempt } from './attempt.ts';

/** What a finished attempt has to say. */
export interface AttemptRecord {
  task: TaskAttempt & {
    eventId: number;
    conversation: string | null;
    forkOf?: string | null;
    worksIn?: string | null;
  };
  outcome: Outcome;
  verdict: Verdict;
  /** What came of the reply, whole or in part. */
  reply: string;
  progress: string;
  /** What the agent was: kind, path, version. Null leaves what the row says. */
  agent: unknown;
  /** Ids and kinds of the memories that were given to it. Null leaves what the row says. */
  memories: unknown;
  /** The session that the run went by, if it told. */
  sessionId: string | null;
  /** The session that it resumed or forked, or null. */
  resumed: string | null;
  /** False where the session is not worth resuming: a failed run, the offline agent. */
  keepSession: boolean;
  /** True when the session that was to be resumed is not there. */
  staleSession: boolean;
  /** What the session has cost by now, all its runs together; undefined without a result line. */
  sessionCostUsd: number | undefined;
  /** The CLI's figures by model; like the cost they accumulate over the session. */
  usage: unknown;
  /** The tokens that came after the last result, and whether the CLI lived to write down what its session cost. */
  unbilled: UsageByModel;
  endedItself: boolean;
  /** How its figures are to be read; see `SessionFigures`. */
  isCostTold?: boolean;
  isOfRun?: boolean;
  prices?: Prices;
  /** The agent with which its conversation goes on; null leaves what it is. */
  conversationAgent?: string | null;
  /** The messages that were steered into it and end with it; every other one waits for a run of its own. */
  heard: readonly number[];
  /** For people: what was odd about the end. */
  note: string | undefined;
  /** What the owner is to be told, since only they can end it. */
  ownerNews?: string | undefined;
  /** What it leaves for the next attempt, where it was cut off. */
  cutOff?: CutOff | undefined;
  /** True where the next attempt waits for the owner's word. */
  inDoubt?: boolean;
  now: Date;
}
