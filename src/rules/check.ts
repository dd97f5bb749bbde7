import type { z } from 'zod';
import { zoneName } from '../lib/local-time.ts';
import { UsageError } from '../lib/errors.ts';
import { meant } from '../lib/nearest-name.ts';
import { plainRule, type RuleInput, ruleSchema } from '../events/router/rule.ts';

/** What the rules of the owner stand among. */
export interface RuleHouse {
  /** The rules that hold without one of the owner's. */
  defaultRules: readonly RuleInput[];
  /** The reflexes that routes may name, each with what becomes of an event by it, in words. */
  reflexes: Readonly<Record<string, string>>;
}

const maxRules = 1000;
const maxBytes = 512 * 1024;

/**
 * Rules as they may be stored: in their plain form, with the zone of their quiet hours. Throws one `UsageError` that names
 * every problem, a line each; nothing is taken of rules with any.
 */
export function checkedRules(values: readonly unknown[], house: RuleHouse): RuleInput[] {
  const problems: string[] = [];
  if (values.length > maxRules)
    throw new UsageError(`expected at most ${maxRules} rules, got ${values.length}`);
  const rules = values.flatMap((value, at) => {
    const parsed = ruleSchema.safeParse(value);
    const name = nameOf(value) ?? `number ${at + 1}`;
    if (parsed.success) return [withZone(plainRule(parsed.data))];
    for (const { path, message } of withoutConsequences(parsed.error.issues))
      problems.push(`rule ${name}${path.length === 0 ? '' : `, ${path.map(String).join('.')}`}: ${message}`);
    return [];
  });
  problems.push(...repeatedNames(rules), ...rules.flatMap((rule) => strangeIn(rule, house)));
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  if (Buffer.byteLength(JSON.stringify(rules)) > maxBytes)
    throw new UsageError(`expected rules of at most ${maxBytes} bytes together, got more`);
  return rules;
}

/** A misspelt field is missing under its right name too; to say so twice helps nobody. */
function withoutConsequences(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  const misspelt = issues.filter(({ code }) => code === 'unrecognized_keys');
  return misspelt.length === 0
    ? issues
    : issues.filter(({ code, path }) => code !== 'custom' || path.length > 0);
}

function nameOf(value: unknown): string | undefined {
  const { name } = (typeof value === 'object' && value !== null ? value : {}) as { name?: unknown };
  return typeof name === 'string' && name !== '' ? name.slice(0, 64) : undefined;
}

function repeatedNames(rules: readonly RuleInput[]): string[] {
  const names = rules.map(({ name }) => name);
  const repeated = new Set(names.filter((name, at) => names.indexOf(name) !== at));
  return [...repeated].map((name) => `rule ${name}: expected each name once, got it more often`);
}

function strangeIn({ name, route }: RuleInput, { defaultRules, reflexes }: RuleHouse): string[] {
  const reflexNames = Object.keys(reflexes);
  const reflex = route?.startsWith('reflex:') === true ? route.slice('reflex:'.length) : undefined;
  return [
    ...(defaultRules.some((rule) => rule.name === name)
      ? [
          `rule ${name}: a built-in rule has this name; give yours another one, it is asked first all the same`,
        ]
      : []),
    ...(reflex !== undefined && !reflexNames.includes(reflex)
      ? [`rule ${name}, route: there is no reflex ${reflex}${meant(reflex, reflexNames)}`]
      : []),
  ];
}

/** The zone is the daemon's of today, wherever it is started later. */
function withZone(rule: RuleInput): RuleInput {
  if (rule.quiet === undefined || rule.quiet.zone !== undefined) return rule;
  return { ...rule, quiet: { ...rule.quiet, zone: zoneName() } };
}
