import { parseLine } from '../lib/wire/parse-line.ts';
import { type PriorityName, priorityName } from '../lib/wire/priority.ts';
import { longName } from './long-name.ts';
import { describeRejection } from '../lib/wire/scan-line.ts';
import { explainRoute, route, type RuleBook, type RuleVerdict } from './router/route.ts';
import type { Shaping } from './router/shape.ts';
import { openThrottles } from './router/throttles.ts';

/** The rule that would take a line, and why; or why the line would be refused. */
export type Explanation =
  | { accepted: false; reason: string }
  | {
      accepted: true;
      priority: PriorityName;
      /** True where the line claims HUMAN and its source may not. */
      lowered: boolean;
      source: string;
      category: string;
      route: string;
      rule: string;
      /** What rules would do to it besides, a sentence each; missing where that is nothing. */
      does?: readonly string[];
      /** The verdict of each rule; the last one decided. */
      verdicts: readonly RuleVerdict[];
    };

/** A dry run of the rules on one wire line, as if it came now; a throttle counts it for nothing. */
export function explainLine(line: string, book: RuleBook, now = Date.now()): Explanation {
  const parsed = parseLine(line.replace(/\n$/, ''));
  if (!parsed.ok) return { accepted: false, reason: describeRejection(parsed.reason) };
  const { event } = parsed;
  const problem = longName(event);
  if (problem !== undefined) return { accepted: false, reason: problem };
  const { route: to, rule, shaping } = route(event, book, { at: now, throttles: openThrottles });
  const does = [...deeds(shaping), ...throttlesAmong([rule, ...(shaping?.met ?? [])], book)];
  return {
    accepted: true,
    priority: priorityName(event.priority),
    lowered: event.lowered,
    source: event.source,
    category: event.category,
    route: to,
    rule,
    ...(does.length > 0 && { does }),
    verdicts: explainRoute(event, book),
  };
}

function deeds({ priority, permissionCategory, agent, heldBy, reason }: Shaping = {}): string[] {
  return [
    ...(priority === undefined ? [] : [`it goes on as ${priorityName(priority)}`]),
    ...(permissionCategory === undefined
      ? []
      : [`its task may do what permissions.byCategory says of ${permissionCategory}`]),
    ...(agent === undefined ? [] : [`its task goes to ${agent}`]),
    ...(heldBy === undefined || reason === undefined ? [] : [`its task would be ${reason}`]),
  ];
}

function throttlesAmong(names: readonly string[], { rules }: RuleBook): string[] {
  return rules.flatMap(({ name, throttle }) =>
    throttle !== undefined && names.includes(name)
      ? [`the rule ${name} lets ${throttle.count} in ${throttle.per} through, and drops the rest`]
      : [],
  );
}
