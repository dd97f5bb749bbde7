import { type EventReflexDeps, eventReflexes } from './events/reflexes.ts';
import { defaultRulesFor } from './events/router/default-rules.ts';
import { compileRules as compileRulesWith, type RuleBook } from './events/router/route.ts';
import type { RuleInput } from './events/router/rule.ts';
import { type StatusReflexDeps, statusReflexes } from './faces/reflexes.ts';
import { type GoalReflexDeps, goalReflexes } from './goals/reflexes.ts';
import { commandsOf, reflexesOf, reflexWordsOf } from './lib/reflexes/declaration.ts';
import type { Reflexes } from './lib/reflexes/reflex.ts';
import { type MailReflexDeps, mailReflexes } from './mail/reflexes.ts';
import { type MemoryReflexDeps, memoryReflexes } from './memory/reflexes.ts';
import type { RuleHouse } from './rules/check.ts';
import { type SpendReflexDeps, spendReflexes } from './spend/reflexes.ts';
import { type TaskReflexDeps, taskReflexes } from './tasks/reflexes.ts';
import { type WishReflexDeps, wishReflexes } from './wishes/reflexes.ts';

/** Needs of all reflexes but the list of commands, which is made here: one line a concern. */
export type ReflexDeps = StatusReflexDeps &
  TaskReflexDeps &
  MemoryReflexDeps &
  SpendReflexDeps &
  GoalReflexDeps &
  MailReflexDeps &
  WishReflexDeps;

/** Every reflex there is, one line a concern; default rules and `/help` follow this order. */
export const declaredReflexes = [
  ...statusReflexes,
  ...eventReflexes,
  ...taskReflexes,
  ...memoryReflexes,
  ...spendReflexes,
  ...goalReflexes,
  ...mailReflexes,
  ...wishReflexes,
];

/** The rules that hold without one of the owner's. */
export const defaultRules = defaultRulesFor(declaredReflexes);

/** What the owner's rules stand among. */
export const ruleHouse: RuleHouse = {
  defaultRules,
  reflexes: reflexWordsOf(declaredReflexes),
};

/** The owner's rules followed by the defaults. Throws zod's error where a rule is malformed. */
export function compileRules(ownerRules: readonly RuleInput[] = []): RuleBook {
  return compileRulesWith(ownerRules, defaultRules);
}

/** The commands that a message may begin with. */
export const commandList = commandsOf(declaredReflexes);

/** The reflexes that routes name. */
export function createReflexes(deps: ReflexDeps): Reflexes {
  return reflexesOf<ReflexDeps & EventReflexDeps>(declaredReflexes, {
    ...deps,
    commands: commandList,
  });
}
