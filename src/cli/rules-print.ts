import type { Answers } from '../operations.ts';
import { paint } from './paint.ts';
import { tableLines } from './print.ts';
import { oneLine } from './printable.ts';
import { count, relativeTime } from './units.ts';

type RuleView = Answers['rule.get'];
type RuleChange = Answers['rule.add'];
type Difference = RuleChange['differences'][number];
type Effect = NonNullable<RuleChange['effect']>;

/** All rules in the order in which they are asked. */
export function ruleTable(rules: readonly RuleView[], now: number): string[] {
  const columns = [
    { title: 'place', align: 'right' as const },
    { title: 'rule' },
    { title: 'state' },
    { title: 'taken', align: 'right' as const },
    { title: 'last' },
    { title: 'does' },
    { title: 'when' },
  ];
  return tableLines(
    columns,
    rules.map(({ place, name, enabled, hits, does, when, warnings, holding }) => [
      place === null ? '' : String(place),
      oneLine(name),
      stateOf({ place, enabled, holding }),
      count(hits.taken),
      hits.lastAt === null ? 'never' : relativeTime(Date.parse(hits.lastAt), now),
      oneLine(does),
      oneLine(warnings.length === 0 ? when : `${when} (${warnings.join('; ')})`),
    ]),
  );
}

function stateOf({ place, enabled, holding }: Pick<RuleView, 'place' | 'enabled' | 'holding'>): string {
  if (place === null) return paint('dim', 'built in');
  if (!enabled) return paint('yellow', 'off');
  return holding === null ? paint('green', 'on') : paint('yellow', `holds ${holding.count}`);
}

/** One rule with all that is known of it. */
export function ruleLines({
  name,
  place,
  enabled,
  builtIn,
  when,
  does,
  rule,
  hits,
  holding,
  warnings,
}: RuleView): string[] {
  const { taken, today, throttled, held, lowered, lastAt } = hits;
  const state = builtIn ? 'built in' : `place ${place} of yours, ${enabled ? 'on' : 'off'}`;
  const parts = [
    `${count(taken)} taken, ${count(today)} today`,
    ...(throttled > 0 ? [`${count(throttled)} over its throttle`] : []),
    ...(held > 0 ? [`${count(held)} held`] : []),
    ...(lowered > 0 ? [`${count(lowered)} lowered`] : []),
    lastAt === null ? 'never asked for' : `last ${lastAt}`,
  ];
  return [
    `rule      ${name}, ${state}`,
    ...(rule.about === undefined ? [] : [`about     ${oneLine(rule.about)}`]),
    `when      ${oneLine(when)}`,
    `does      ${oneLine(does)}`,
    `hits      ${parts.join(', ')}`,
    ...(holding === null
      ? []
      : [`holding   ${holding.count} until ${holding.until}: ninjad rules release ${name}`]),
    ...warnings.map((warning) => `${paint('yellow', 'mind')}      ${oneLine(warning)}`),
    '',
    oneLine(JSON.stringify(rule)),
  ];
}

/** What a change did, or would do. */
export function changeLines({
  version,
  dryRun,
  summary,
  differences,
  dangers,
  notes,
  effect,
}: RuleChange): string[] {
  if (differences.length === 0) return ['nothing changes: the rules are like that already'];
  return [
    dryRun ? `would be: ${oneLine(summary)}` : `${oneLine(summary)} (version ${version})`,
    ...differences.flatMap(differenceLines),
    ...notes.map((note) => `${paint('yellow', 'mind')}: ${oneLine(note)}`),
    ...dangers.map((danger) => `${paint('yellow', 'mind')}: ${oneLine(danger)}`),
    ...(effect === null ? [] : ['', ...effectLines(effect)]),
  ];
}

/** One difference, a line or some. */
export function differenceLines(difference: Difference): string[] {
  const { kind, name, place } = difference;
  switch (kind) {
    case 'added':
      return [
        paint('green', `  + ${place}. ${oneLine(name)}`),
        `      ${oneLine(JSON.stringify(difference.rule))}`,
      ];
    case 'removed':
      return [paint('red', `  - ${oneLine(name)}`), `      ${oneLine(JSON.stringify(difference.rule))}`];
    case 'moved':
      return [paint('cyan', `  > ${oneLine(name)}: from place ${difference.from} to ${place}`)];
    default:
      return [
        paint('yellow', `  ~ ${place}. ${oneLine(name)}`),
        ...difference.fields.map(
          ({ field, before, after }) => `      ${field}: ${valueOf(before)} → ${valueOf(after)}`,
        ),
      ];
  }
}

function valueOf(value: unknown): string {
  return value === undefined ? 'nothing' : oneLine(JSON.stringify(value));
}

/** What a change would have done to the latest events. */
export function effectLines({ looked, since, changed, ways, rule, examples }: Effect): string[] {
  if (looked === 0) return ['there are no events to try it on yet'];
  const head = `of the last ${count(looked)} events, since ${since ?? 'ever'},`;
  const lines =
    rule === null
      ? [`${head} ${count(changed)} would have become something else`, ...ways.map(wayLine)]
      : [`${head} it would have taken ${count(rule.taken)}`, ...ruleEffectLines(rule)];
  return [...lines, ...exampleLines(examples)];
}

function ruleEffectLines({
  taken,
  matched,
  throttled,
  held,
  lowered,
  today,
}: NonNullable<Effect['rule']>): string[] {
  return [
    ...(matched > taken ? [`  ${count(matched - taken)} more fit, and a rule before it takes them`] : []),
    ...(throttled > 0 ? [`  ${count(throttled)} of these would have been one too many, and dropped`] : []),
    ...(held > 0 ? [`  ${count(held)} of these would have been held in its quiet hours`] : []),
    ...(lowered > 0 ? [`  ${count(lowered)} of these would have been lowered in its quiet hours`] : []),
    ...today.map(
      (one) => `  ${count(one.count)} are taken by ${oneLine(one.rule)} today (${oneLine(one.route)})`,
    ),
  ];
}

function wayLine({ from, to, count: events }: Effect['ways'][number]): string {
  return `  ${count(events)}: ${oneLine(from.rule)} (${oneLine(from.route)}) → ${oneLine(to.rule)} (${oneLine(to.route)})`;
}

function exampleLines(examples: Effect['examples']): string[] {
  if (examples.length === 0) return [];
  const columns = ['event', 'received', 'priority', 'source', 'category', 'today', 'then', 'text'];
  return [
    '',
    ...tableLines(
      columns.map((title) => ({ title })),
      examples.map(({ id, receivedAt, priority, source, category, text, today, then, reason }) => [
        String(id),
        receivedAt,
        priority,
        oneLine(source),
        oneLine(category),
        oneLine(today.rule),
        oneLine(reason === null ? then.route : `${then.route}: ${reason}`),
        oneLine(text),
      ]),
    ),
  ];
}

/** The versions of the rules, newest first. */
export function historyTable(versions: Answers['rules.history']['items'], now: number): string[] {
  const columns = [
    { title: 'version', align: 'right' as const },
    { title: 'when' },
    { title: 'by' },
    { title: 'rules', align: 'right' as const },
    { title: 'what' },
  ];
  return tableLines(
    columns,
    versions.map((version) => [
      String(version.id),
      relativeTime(Date.parse(version.at), now),
      version.by,
      count(version.count),
      oneLine(version.summary),
    ]),
  );
}
