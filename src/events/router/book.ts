import { z } from 'zod';
import { zoneName } from '../../lib/local-time.ts';
import { parseQuietHours, type QuietHours } from '../../lib/quiet-hours.ts';
import { type Priority, PRIORITIES } from '../../lib/wire/priority.ts';
import { type Route, type Rule, type RuleInput, ruleSchema, spanMs } from './rule.ts';

/** Quiet hours with what was last read off their clock. */
export interface QuietClock {
  hours: QuietHours;
  zone: string;
  /** The end as it is written, such as `07:00`. */
  until: string;
  /** The minute that was asked about last, since the epoch. */
  minute: number;
  /** Epoch milliseconds of the end, where that minute is quiet. */
  end: number | undefined;
}

/** A rule ready to be asked. */
export interface BookRule extends Rule {
  /** Its place among all rules. */
  place: number;
  /** The answer of a rule that chooses a route and does nothing else. */
  plain: { route: Route; rule: string } | undefined;
  /** True where the text or the fields have to be looked at; of a mail, whether it may start a task. */
  readsText: boolean;
  toPriority: Priority | undefined;
  limit: { count: number; windowMs: number; isPerSource: boolean } | undefined;
  quietClock: QuietClock | undefined;
}

/** Rules ready to be asked; made by `compileRules`. */
export interface RuleBook {
  rules: readonly BookRule[];
  /** Rules that may match a source, category and priority, so that only texts are compared an event. */
  candidates: Map<string, readonly BookRule[]>;
}

/** The owner's rules that are switched on, followed by the defaults. Throws zod's error where a rule is malformed. */
export function compileRules(ownerRules: readonly RuleInput[], defaultRules: readonly RuleInput[]): RuleBook {
  const parsed = z.array(ruleSchema).parse([...ownerRules, ...defaultRules]);
  const rules = parsed.filter(({ enabled }) => enabled !== false).map(bookRule);
  return { rules, candidates: new Map() };
}

function bookRule(rule: Rule, place: number): BookRule {
  const { name, route, setPriority, permissionCategory, agent, throttle, quiet } = rule;
  const isPlain = [setPriority, permissionCategory, agent, throttle, quiet].every(
    (deed) => deed === undefined,
  );
  return {
    ...folded(rule),
    place,
    plain: isPlain && route !== undefined ? { route, rule: name } : undefined,
    readsText:
      rule.command !== undefined || rule.text !== undefined || rule.fields !== undefined || route === 'task',
    toPriority: setPriority && (PRIORITIES.indexOf(setPriority) as Priority),
    limit: throttle && {
      count: throttle.count,
      windowMs: spanMs(throttle.per) ?? 0,
      isPerSource: throttle.by === 'source',
    },
    quietClock: quiet && {
      hours: parseQuietHours(quiet.hours),
      zone: quiet.zone ?? zoneName(),
      until: quiet.hours.split(/[-–]/).at(-1)?.trim() ?? '',
      minute: -1,
      end: undefined,
    },
  };
}

/** Patterns that disregard case are compared in lower case, as the texts are. */
function folded(rule: Rule): Rule {
  if (rule.ignoreCase !== true) return rule;
  const lower = (patterns: readonly string[]): string[] => patterns.map((pattern) => pattern.toLowerCase());
  return {
    ...rule,
    ...(rule.text && { text: lower(rule.text) }),
    ...(rule.fields && {
      fields: Object.fromEntries(Object.entries(rule.fields).map(([name, of]) => [name, lower(of)])),
    }),
  };
}
