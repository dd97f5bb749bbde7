import { ConflictError, NotFoundError, UsageError } from '../lib/errors.ts';
import { meant } from '../lib/nearest-name.ts';
import { type RuleInput, ruleFields } from '../events/router/rule.ts';
import type { RulePlan } from './change.ts';
import type { RuleHouse } from './check.ts';
import type { CurrentRules } from './current.ts';

/** Where a rule is to stand among the owner's. */
export interface RulePlace {
  before?: string | undefined;
  after?: string | undefined;
  /** Counts from 1. */
  place?: number | undefined;
}

/** A new rule; last of the owner's, unless a place is named. */
export function planAdd({ rules }: CurrentRules, rule: Record<string, unknown>, where: RulePlace): RulePlan {
  const name = String(rule['name']);
  if (rules.some((known) => known.name === name))
    throw new ConflictError(`there is a rule ${name} already: edit it, or give this one another name`);
  const at = indexFor(rules, where) ?? rules.length;
  return {
    rules: rules.toSpliced(at, 0, rule as RuleInput),
    action: 'added',
    name,
    summary: `the rule ${name} was added`,
  };
}

/** Changes fields of a rule; null takes one away. */
export function planEdit(
  { rules }: CurrentRules,
  name: string,
  changes: Record<string, unknown>,
  house: RuleHouse,
): RulePlan {
  const at = indexOf(rules, name, house);
  const whole: Record<string, unknown> = { ...rules[at], ...changes };
  const edited = Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== null));
  const newName = typeof changes['name'] === 'string' ? changes['name'] : name;
  const fields = Object.keys(changes).filter((field) => (ruleFields as string[]).includes(field));
  const what = newName === name ? `was changed (${fields.join(', ')})` : `is called ${newName} now`;
  return {
    rules: rules.with(at, edited as RuleInput),
    ...{ action: 'edited', name: newName, summary: `the rule ${name} ${what}` },
  };
}

/** Moves a rule to another place. */
export function planMove(
  { rules }: CurrentRules,
  name: string,
  where: RulePlace,
  house: RuleHouse,
): RulePlan {
  const at = indexOf(rules, name, house);
  const rule = rules[at] as RuleInput;
  const others = rules.toSpliced(at, 1);
  const to = indexFor(others, where);
  if (to === undefined)
    throw new UsageError('expected where to: before or after another rule, or a place counted from 1');
  return {
    rules: others.toSpliced(to, 0, rule),
    ...{ action: 'moved', name, summary: `the rule ${name} was moved to place ${to + 1}` },
  };
}

/** Switches a rule on or off, in its place. */
export function planEnable(
  { rules }: CurrentRules,
  name: string,
  enabled: boolean,
  house: RuleHouse,
): RulePlan {
  const at = indexOf(rules, name, house);
  const { enabled: before, ...rule } = rules[at] as RuleInput;
  const isSame = (before !== false) === enabled;
  return {
    rules: isSame ? rules : rules.with(at, enabled ? rule : { ...rule, enabled: false }),
    action: enabled ? 'enabled' : 'disabled',
    name,
    summary: `the rule ${name} was switched ${enabled ? 'on' : 'off'}`,
  };
}

/** Takes a rule away. */
export function planRemove({ rules }: CurrentRules, name: string, house: RuleHouse): RulePlan {
  const at = indexOf(rules, name, house);
  return { rules: rules.toSpliced(at, 1), action: 'removed', summary: `the rule ${name} was removed` };
}

/** Other rules in the place of all; with `merge`, only in the place of those with the same names, and the new ones last. */
export function planImport({ rules }: CurrentRules, imported: readonly unknown[], merge: boolean): RulePlan {
  const count = `${imported.length} rule${imported.length === 1 ? '' : 's'}`;
  if (!merge)
    return { rules: imported, action: 'imported', summary: `${count} were imported in the place of all` };
  const nameOf = (rule: unknown): unknown => (rule as { name?: unknown } | null)?.name;
  const known = new Set(rules.map(({ name }) => name));
  return {
    rules: [
      ...rules.map((rule) => imported.find((one) => nameOf(one) === rule.name) ?? rule),
      ...imported.filter((one) => !known.has(nameOf(one) as string)),
    ],
    ...{ action: 'imported', summary: `${count} were imported beside the others` },
  };
}

/** The place of a rule of the owner's; throws with the nearest name where there is none. */
export function indexOf(rules: readonly RuleInput[], name: string, { defaultRules }: RuleHouse): number {
  const at = rules.findIndex((rule) => rule.name === name);
  if (at !== -1) return at;
  if (defaultRules.some((rule) => rule.name === name))
    throw new ConflictError(
      `the rule ${name} is built in and stays as it is: a rule of yours is asked before it and may decide otherwise`,
    );
  throw noRule(rules, name);
}

function noRule(rules: readonly RuleInput[], name: string): NotFoundError {
  const names = rules.map((rule) => rule.name);
  const hint = names.length === 0 ? ': you have none yet' : meant(name, names);
  return new NotFoundError(`there is no rule ${JSON.stringify(name)}${hint}`);
}

function indexFor(rules: readonly RuleInput[], { before, after, place }: RulePlace): number | undefined {
  if ([before, after, place].filter((given) => given !== undefined).length > 1)
    throw new UsageError('expected one place: before or after another rule, or a place counted from 1');
  if (place !== undefined) return Math.min(place, rules.length + 1) - 1;
  const beside = before ?? after;
  if (beside === undefined) return undefined;
  const at = rules.findIndex((rule) => rule.name === beside);
  if (at === -1) throw noRule(rules, beside);
  return before === undefined ? at + 1 : at;
}
